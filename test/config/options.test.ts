import { describe, expect, test } from 'vitest';
import type { OptionsHost, ServeOptions } from '../../src/config/options.ts';
import { resolveOptions } from '../../src/config/resolve-options.ts';
import { parseKeyValue, parseListen, parseWorker } from '../../src/config/values.ts';

const KINDS: Record<string, 'file' | 'directory'> = {
	'/home/app': 'directory',
	'/home/app/public': 'directory',
	'/home/app/worker.php': 'file',
	'/home/app/console': 'file',
};

const host: OptionsHost = {
	cwd: '/home/app',
	resolve: (path) => (path === '.' ? '/home/app' : path.startsWith('/') ? path : `/home/app/${path}`),
	look(path) {
		if (path === '/home/app/current') return { kind: 'directory', realPath: '/releases/7' };
		const kind = KINDS[path];
		return kind && { kind, realPath: path };
	},
};

describe('options', () => {
	test('have defaults', () => {
		expect(resolveOptions({}, host)).toEqual({
			name: 'default',
			extensions: [],
			root: '/home/app',
			listen: { host: '127.0.0.1', port: 8080 },
			workers: [],
			sidekicks: undefined,
			threads: 2,
			maxThreads: 2,
			maxWaitTime: 0,
			maxIdleTime: 5000,
			maxRequests: 0,
			maxThreadMemory: 256_000_000,
			phpVersion: '8.4',
			env: {},
			network: { connect: undefined, listen: [] },
			phpIni: {},
			visiblePaths: ['/home/app'],
			stopTimeout: 5000,
		});
	});

	test('become absolute and real; every path named is visible', () => {
		const options: ServeOptions = {
			root: 'current',
			listen: false,
			workers: [{ file: 'worker.php', num: 3 }],
			sidekickEntrypoint: 'console',
			env: { A: 'b=c' },
		};
		expect(resolveOptions(options, host)).toMatchObject({
			root: '/releases/7',
			listen: undefined,
			workers: [{ file: '/home/app/worker.php', num: 3, name: '/home/app/worker.php', maxConsecutiveFailures: 6 }],
			maxThreads: 5,
			sidekicks: { entrypoint: '/home/app/console', max: 16, maxSnapshotSize: 8388608, maxConsecutiveFailures: 6 },
			env: { A: 'b=c' },
			visiblePaths: ['/home/app', '/home/app/current', '/releases/7', '/home/app/worker.php', '/home/app/console'],
		});
	});

	test.each<[string, ServeOptions, string, RegExp]>([
		['no root', { root: 'nope' }, 'bad_root', /^The root \/home\/app\/nope does not exist or cannot be read; /],
		['file as root', { root: 'console' }, 'bad_root', /is a file; name a directory\.$/],
		['no worker', { workers: ['nope.php'] }, 'bad_worker', /^The worker script \/home\/app\/nope\.php does not exist/],
		['directory as worker', { workers: ['public'] }, 'bad_worker', /is a directory; name a file\.$/],
		['zero threads of a worker', { workers: [{ file: 'worker.php', num: 0 }] }, 'bad_worker', /at least 1\.$/],
		['worker twice', { workers: ['worker.php', 'worker.php'] }, 'bad_worker', /named twice/],
		['no entrypoint', { sidekickEntrypoint: '' }, 'bad_sidekick_entrypoint', /empty path/],
		['threads', { threads: 0 }, 'bad_number', /^The number of threads is '0'; it has to be a whole number/],
		['half a sidekick', { sidekickMax: 1.5 }, 'bad_number', /'1\.5'/],
		['php', { php: '7.4' as '8.4' }, 'bad_php_version', /^PHP '7\.4' is not available; use one of 8\.2, 8\.4, 8\.5\.$/],
		['listen', { listen: 'localhost' }, 'bad_listen', /^Cannot listen on 'localhost'; give HOST:PORT/],
		['env', { env: { 'A=B': 'x' } }, 'bad_key_value', /environment variable 'A=B'/],
		['ini', { phpIni: { a: 1 as unknown as string } }, 'bad_key_value', /php\.ini directive 'a'/],
	])('%s: one clear sentence', (_name, options, code, message) => {
		expect(() => resolveOptions(options, host)).toThrow(
			expect.objectContaining({ code, message: expect.stringMatching(message) }),
		);
	});
});

describe('values of the command line', () => {
	test.each([
		['127.0.0.1:80', '127.0.0.1', 80],
		[':0', '127.0.0.1', 0],
		['9000', '127.0.0.1', 9000],
		[9000, '127.0.0.1', 9000],
		['[::1]:8080', '::1', 8080],
		['localhost:65535', 'localhost', 65535],
	])('--listen %s', (text, address, port) => {
		expect(parseListen(text)).toEqual({ host: address, port });
	});

	test.each(['', 'x', '1:2:3', 'h:65536', 'h:-1', '::1:80'])('--listen %s is refused', (text) => {
		expect(() => parseListen(text)).toThrow(expect.objectContaining({ code: 'bad_listen' }));
	});

	test('--worker and KEY=VALUE', () => {
		expect(parseWorker('a.php')).toEqual({ file: 'a.php' });
		expect(parseWorker('a,b.php,4')).toEqual({ file: 'a,b.php', num: 4 });
		expect(() => parseWorker('a.php,x')).toThrow(/--worker a\.php,x is 'x'/);
		expect(parseKeyValue('A=b=c', '--env')).toEqual(['A', 'b=c']);
		expect(parseKeyValue('A=', '--env')).toEqual(['A', '']);
		expect(() => parseKeyValue('A', '--env')).toThrow('--env A has no KEY=VALUE form; write --env KEY=VALUE.');
		expect(() => parseKeyValue('=b', '--env')).toThrow();
	});
});
