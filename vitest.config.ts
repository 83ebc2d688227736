import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { browserSupport } from './test/browser-support/browser-support.ts';
import { installedBrowser } from './test/browser-support/installed-browser-provider.ts';
import {
	BROWSER_NAMES,
	type BrowserName,
	browserProgram,
	missingBrowser,
} from './test/browser-support/installed-browsers.ts';
import PerProjectReporter from './test/browser-support/per-project-reporter.ts';
import { NODE_ONLY, SHARED_TESTS } from './test/browser-support/shared-tests.ts';

const BROWSER_BUILD = fileURLToPath(new URL('dist/browser', import.meta.url));
const timeouts = { testTimeout: 30_000, hookTimeout: 30_000 };

/** Without these a page gets no shared memory. */
const CROSS_ORIGIN_ISOLATION = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Whole pages, in a Chromium that the tests drive from Node. */
const PAGE_TESTS = ['test/playground/**/*.test.ts', 'test/service-worker/**/*.test.ts', 'test/docs/browser.test.ts'];

const node: TestProjectConfiguration = {
	test: {
		...timeouts,
		name: 'node',
		include: ['test/**/*.test.ts'],
		exclude: ['test/bench/**', 'test/browser-support/**', ...PAGE_TESTS, '**/node_modules/**'],
		// A process per file: it starts worker threads of its own, and a crash of PHP must not take other files along.
		pool: 'forks',
		// Each file runs several PHP threads; more files at a time would only make each other slow.
		maxWorkers: 2,
		sequence: { groupOrder: 0 },
	},
};

const pages: TestProjectConfiguration = {
	test: {
		...timeouts,
		name: 'pages in chromium',
		include: PAGE_TESTS,
		pool: 'forks',
		// A Chromium with a page full of PHP threads is enough for two processors.
		maxWorkers: 1,
		sequence: { groupOrder: 1 },
	},
};

/** The tests of the core in a browser of this machine, after those in Node: the processors are busy already. */
function inBrowser(name: BrowserName, groupOrder: number): TestProjectConfiguration {
	// On a build machine a missing browser is a failure, which the start of the browser says.
	if (browserProgram(name) === undefined && !process.env.CI) return standIn(name, groupOrder);
	return {
		plugins: [browserSupport()],
		// As a page loads it.
		resolve: { alias: { 'igor-php/browser': `${BROWSER_BUILD}/index.js` } },
		// As the build has it.
		define: { IGOR_ASSETS: JSON.stringify(assetNames()) },
		optimizeDeps: { include: ['fast-check'] },
		server: { headers: CROSS_ORIGIN_ISOLATION },
		test: {
			...timeouts,
			name,
			include: [...SHARED_TESTS],
			exclude: NODE_ONLY.map(({ files }) => files),
			fileParallelism: false,
			sequence: { groupOrder },
			browser: {
				enabled: true,
				headless: true,
				ui: false,
				screenshotFailures: false,
				provider: installedBrowser(),
				// Vitest adds the browser's name to the project's name unless told otherwise.
				instances: [{ browser: name, name }],
			},
		},
	};
}

/** One skipped test, whose name says why. */
function standIn(name: BrowserName, groupOrder: number): TestProjectConfiguration {
	return {
		test: {
			name,
			include: ['test/browser-support/missing-browser.test.ts'],
			provide: { missingBrowser: missingBrowser(name) },
			sequence: { groupOrder },
		},
	};
}

/** The names that the build has given to the files of PHP: `php-8.4.wasm` → `php-8.4-HASH.wasm`. */
function assetNames(): Record<string, string> {
	const files = existsSync(BROWSER_BUILD) ? readdirSync(BROWSER_BUILD) : [];
	return Object.fromEntries(files.map((file) => [file.replace(/-[0-9a-f]{8}(?=\.\w+$)/, ''), file]));
}

export default defineConfig({
	test: {
		reporters: ['default', new PerProjectReporter()],
		projects: [node, pages, ...BROWSER_NAMES.map((name, i) => inBrowser(name, i + 2))],
	},
});
