import { expect, test } from 'vitest';
import { phpServerCaddyfile } from '../../src/cli/php-server-site.ts';
import { adapt } from '../caddyfile/support.ts';

test.each([
	'plain',
	'two words',
	'a "word"',
	'C:\\folder\\',
	'a\\"b',
	'a`b',
	'a` "b"',
	'#',
	'<<EOF',
	'{',
])('php-server: %j is the same in its Caddyfile as on the command line', (text) => {
	const options = {
		...{
			root: '/app',
			accessLog: true,
			debug: false,
			compress: true,
			watch: [],
			workers: [],
			backgroundWorkers: [],
			sidekickMax: 1,
		},
		...{ threads: 1, workerThreads: 1, maxThreadMemory: 0, extensions: [], processes: [], visible: [] },
	};
	const { global } = adapt(phpServerCaddyfile({ ...options, phpIni: { user_agent: text } }, { host: '', port: 80 }));
	expect(global.frankenphp.phpIni).toEqual({ user_agent: text });
});

test('php-server: background workers are in its Caddyfile, and watch files where there is no other worker', () => {
	const options = {
		...{ root: '/app', accessLog: true, debug: false, compress: true, workers: [], sidekickMax: 1, phpIni: {} },
		...{ threads: 1, workerThreads: 1, maxThreadMemory: 0, extensions: [], processes: [], visible: [] },
		backgroundWorkers: [
			{ name: 'a "b', file: '/app/a.php', num: 2 },
			{ name: 'c', file: '/app/c.php' },
		],
		watch: ['*.php'],
	};
	const { sites } = adapt(phpServerCaddyfile(options, { host: '', port: 80 }));
	expect(sites[0]?.directives.find(({ type }) => type === 'php_server')).toMatchObject({
		workers: [],
		backgroundWorkers: [
			{ name: 'a "b', file: '/app/a.php', num: 2, watch: ['*.php'] },
			{ name: 'c', file: '/app/c.php', watch: [] },
		],
	});
});
