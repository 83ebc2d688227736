import { defineBrowserProvider } from '@vitest/browser';
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node';
import { BrowserProcess } from './browser-process.ts';
import { BROWSER_NAMES, type BrowserName } from './installed-browsers.ts';

declare module 'vitest/browser' {
	interface BrowserCommands {
		__vitest_viewport: () => Promise<void>;
		__vitest_cleanup: () => Promise<void>;
	}
}

/**
 * Vitest's browser mode in the browsers of this machine, unmodified. The page talks with Vitest by itself, so that all
 * to do is opening it: the same for every browser, and no protocol to drive one.
 */
export function installedBrowser(): BrowserProviderOption {
	return defineBrowserProvider({
		name: 'installed',
		supportedBrowser: BROWSER_NAMES,
		providerFactory: (project): BrowserProvider => {
			const pages: BrowserProcess[] = [];
			// Vitest asks for these around every test; our tests look at nothing and type nothing.
			for (const command of ['__vitest_viewport', '__vitest_cleanup'] as const) {
				project.browser?.registerCommand(command, async () => {});
			}
			return {
				name: 'installed',
				supportsParallelism: true,
				getCommandsContext: () => ({}),
				openPage: async (_session, url) => {
					const name = project.config.browser.name as BrowserName;
					// Vitest notices by itself that the page is gone; this says why.
					pages.push(new BrowserProcess(name, url, (sentence) => project.vitest.logger.error(sentence)));
				},
				close: async () => {
					await Promise.all(pages.splice(0).map((page) => page.close()));
				},
			};
		},
	});
}
