import { describe, expect, test } from 'vitest';
import type { BackgroundWorkerOption, OptionsHost } from '../../src/config/options.ts';
import { resolveOptions } from '../../src/config/resolve-options.ts';
import { parseBackgroundWorker } from '../../src/config/values.ts';

const HOST: OptionsHost = {
	cwd: '/app',
	resolve: (path) => (path === '.' ? '/app' : path.startsWith('/') ? path : `/app/${path}`),
	look(path) {
		if (path === '/app') return { kind: 'directory', realPath: path };
		return path === '/app/jobs.php' ? { kind: 'file', realPath: '/real/jobs.php' } : undefined;
	},
};

const resolve = (...backgroundWorkers: BackgroundWorkerOption[]) => resolveOptions({ backgroundWorkers }, HOST);

describe('the option backgroundWorkers', () => {
	test('has defaults, and no thread of those for requests', () => {
		const { backgroundWorkers, threads, maxThreads, visiblePaths } = resolve({ name: 'jobs', file: 'jobs.php' });
		expect(backgroundWorkers).toEqual([
			{ name: 'jobs', file: '/real/jobs.php', num: 1, env: {}, maxConsecutiveFailures: 6 },
		]);
		expect({ threads, maxThreads }).toEqual({ threads: 2, maxThreads: 2 });
		expect(visiblePaths).toContain('/real/jobs.php');
	});

	test.each([
		['no name', [{ file: 'jobs.php' }], /needs a name of its own, and this one has none/],
		['a name with NUL', [{ name: 'a\0b', file: 'jobs.php' }], /this one has a NUL byte/],
		['a long name', [{ name: 'ü'.repeat(128), file: 'jobs.php' }], /this one has 256 bytes, more than 255/],
		[
			'a name that is taken',
			[
				{ name: 'jobs', file: 'jobs.php' },
				{ name: 'jobs', file: 'jobs.php' },
			],
			/two of them have the name 'jobs'/,
		],
		[
			'a missing file',
			[{ name: 'jobs', file: 'none.php' }],
			/The script of the background worker jobs \/app\/none.php does not exist/,
		],
		[
			'num 0',
			[{ name: 'jobs', file: 'jobs.php', num: 0 }],
			/The number of threads of the background worker jobs is '0'/,
		],
		['a variable that is no text', [{ name: 'jobs', file: 'jobs.php', env: { A: 1 } }], /environment variable 'A'/],
	])('%s is refused', (_what, workers, message) => {
		expect(() => resolve(...(workers as unknown as BackgroundWorkerOption[]))).toThrow(message);
	});
});

test.each([
	['jobs=bin/jobs.php', { name: 'jobs', file: 'bin/jobs.php' }],
	['a=b=c.php,3', { name: 'a', file: 'b=c.php', num: 3 }],
])('--background-worker %s', (text, flag) => {
	expect(parseBackgroundWorker(text)).toEqual(flag);
});

test.each([
	'jobs.php',
	'=jobs.php',
	'jobs=',
	'jobs=jobs.php,0',
	'jobs=jobs.php,',
])('--background-worker %s is refused', (text) => {
	expect(() => parseBackgroundWorker(text)).toThrow(/--background-worker/);
});
