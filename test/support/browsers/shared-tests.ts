/** The tests of the core: the same files run in Node and in every browser. */
export const SHARED_TESTS: readonly string[] = [
	'test/sidekicks/**/*.test.ts',
	'test/shared-memory/**/*.test.ts',
	'test/dispatch/**/*.test.ts',
	'test/php-thread/serving.test.ts',
	'test/php/api/**/*.test.ts',
	'test/php/extensions/sqlite-search.test.ts',
	'test/threads/**/*.test.ts',
	'test/php-thread/fibers/**/*.test.ts',
	'test/trace/**/*.test.ts',
	'test/background-workers/**/*.test.ts',
	'test/tasks/**/*.test.ts',
];

/** What only browsers do. */
export const BROWSER_TESTS: readonly string[] = [
	'test/platform/browser/network/**/*.test.ts',
	'test/platform/browser/start/**/*.test.ts',
];

/** What of them stays in Node, and why it cannot run in a page. */
export const NODE_ONLY: readonly { readonly files: string; readonly reason: string }[] = [
	{ files: 'test/php/api/early-hints.test.ts', reason: 'a response of fetch() has no informational responses' },
	{ files: 'test/threads/max-thread-memory.test.ts', reason: 'a page has not so many times 200 MB to spend' },
	{ files: 'test/threads/max-requests-count.test.ts', reason: 'all threads of a page have the same process number' },
	{ files: 'test/php-thread/fibers/sockets.test.ts', reason: 'a page has no sockets' },
	{ files: 'test/background-workers/program.test.ts', reason: 'it is about the program igor' },
	{ files: 'test/background-workers/global.test.ts', reason: 'a page has one scope, and no server around it' },
	{
		files: 'test/php-thread/fibers/ten-thousand.test.ts',
		reason: 'Firefox takes 12 seconds for them, and two threads of one page with so many end the page',
	},
];

/** Tests in Node that drive the playground's page in Firefox. */
export const FIREFOX_PAGE_TESTS: readonly string[] = ['test/playground/firefox/**/*.test.ts'];

/** Tests in Node that drive pages in Chromium. */
export const PAGE_TESTS: readonly string[] = [
	'test/playground/pages/**/*.test.ts',
	'test/platform/browser/service-worker/**/*.test.ts',
	'test/playground/timeline/view.test.ts',
	'test/docs/browser.test.ts',
	'test/docs/frames.test.ts',
];
