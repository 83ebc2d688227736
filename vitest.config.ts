import { defineConfig, type UserWorkspaceConfig } from 'vitest/config';
import { assetNames, BROWSER_BUILD } from './test/support/browsers/asset-names.ts';
import { browserSupport } from './test/support/browsers/browser-support.ts';
import { installedBrowser } from './test/support/browsers/installed-browser-provider.ts';
import {
	BROWSER_NAMES,
	type BrowserName,
	browserProgram,
	missingBrowser,
} from './test/support/browsers/installed-browsers.ts';
import PerProjectReporter from './test/support/browsers/per-project-reporter.ts';
import {
	BROWSER_TESTS,
	FIREFOX_PAGE_TESTS,
	NODE_ONLY,
	PAGE_TESTS,
	SHARED_TESTS,
} from './test/support/browsers/shared-tests.ts';

/** Long enough for a busy machine: only what hangs has to wait for them. */
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Projects of one group run side by side, one group after the other. Vitest refuses a group whose projects do not agree
 * on the number of workers, and makes up a number of its own, from the processors, where one is silent. So a project,
 * and whatever stands in for it, takes all of this from its group and says nothing of it by itself.
 */
const GROUPS = {
	// Each file runs several PHP threads, and waits for half of its time: two processors are busy with three of them.
	node: { maxWorkers: 3, sequence: { groupOrder: 0 } },
	// One page at a time: each has PHP threads of its own, and some of them are looked at while they draw.
	pages: { fileParallelism: false, sequence: { groupOrder: 1 } },
	// Pages, of both browsers together.
	browsers: { maxWorkers: 2, sequence: { groupOrder: 2 } },
} as const;
type Group = keyof typeof GROUPS;

/** Without these a page gets no shared memory. */
const CROSS_ORIGIN_ISOLATION = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Resource-Policy': 'same-origin',
};

const node: UserWorkspaceConfig = {
	test: {
		...timeouts,
		name: 'node',
		include: ['test/**/*.test.ts'],
		exclude: [
			...['test/bench/**', 'test/support/browsers/**', '**/node_modules/**'],
			...[...PAGE_TESTS, ...FIREFOX_PAGE_TESTS, ...BROWSER_TESTS],
		],
		// A process per file: it starts worker threads of its own, and a crash of PHP must not take other files along.
		pool: 'forks',
		...GROUPS.node,
	},
};

/** Tests that drive pages: the playground, its timeline, the service worker. */
function pagesIn(browser: BrowserName, tests: readonly string[]): UserWorkspaceConfig {
	return {
		test: {
			...timeouts,
			name: `pages in ${browser}`,
			include: [...tests],
			globalSetup: ['test/support/browsers/build-playground.ts'],
			pool: 'forks',
			...GROUPS.pages,
		},
	};
}

/** The tests of the core in a browser of this machine: side by side with the other browser, after those in Node. */
function inBrowser(name: BrowserName): UserWorkspaceConfig {
	return {
		plugins: [browserSupport(BROWSER_BUILD)],
		// As a page loads it.
		resolve: { alias: { 'igor-php/browser': `${BROWSER_BUILD}/index.js` } },
		// As the build has it.
		define: { IGOR_ASSETS: JSON.stringify(assetNames()) },
		optimizeDeps: { include: ['fast-check'] },
		server: { headers: CROSS_ORIGIN_ISOLATION },
		test: {
			...timeouts,
			name,
			include: [...SHARED_TESTS, ...BROWSER_TESTS],
			globalSetup: ['test/platform/browser/network/origin-servers.ts'],
			exclude: NODE_ONLY.map(({ files }) => files),
			...GROUPS.browsers,
			browser: {
				enabled: true,
				headless: true,
				ui: false,
				screenshotFailures: false,
				provider: installedBrowser(),
				// Without it, Vitest runs one browser after the other.
				importMapMocks: true,
				// Vitest adds the browser's name to the project's name unless told otherwise.
				instances: [{ browser: name, name }],
			},
		},
	};
}

/** Tests of a browser that this machine lacks: one that is skipped, whose name says why. In CI they fail instead. */
function needs(browser: BrowserName, group: Group, project: UserWorkspaceConfig): UserWorkspaceConfig {
	if (browserProgram(browser) !== undefined || process.env.CI) return project;
	const include = ['test/support/browsers/missing-browser.test.ts'];
	const provide = { missingBrowser: missingBrowser(browser) };
	return { test: { ...timeouts, name: project.test?.name ?? browser, include, provide, ...GROUPS[group] } };
}

export default defineConfig({
	test: {
		reporters: ['default', new PerProjectReporter()],
		projects: [
			node,
			needs('chromium', 'pages', pagesIn('chromium', PAGE_TESTS)),
			needs('firefox', 'pages', pagesIn('firefox', FIREFOX_PAGE_TESTS)),
			...BROWSER_NAMES.map((name) => needs(name, 'browsers', inBrowser(name))),
		],
	},
});
