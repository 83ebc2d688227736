import { describe, expect, test } from 'vitest';
import { DEFAULT_WATCH } from '../../src/directives/php-server/worker.ts';
import { adapt, directives, plain, refusal, refused } from '../caddyfile/support.ts';

const inServer = (...lines: string[]) => ['php_server {', ...lines, '}'];

describe('worker { background }', () => {
	test('has everything that the spec lists, beside workers for requests', () => {
		const [server] = directives(
			...inServer(
				'worker {',
				'file bin/jobs.php',
				'name jobs',
				'background',
				'num 2',
				'env QUEUE high',
				'watch',
				'max_consecutive_failures 3',
				'}',
				'worker bin/jobs.php 3 {\nname more\nbackground\n}',
				'worker worker.php 1',
			),
		);
		expect(server).toMatchObject({
			workers: [{ file: 'worker.php', num: 1 }],
			backgroundWorkers: [
				{
					file: 'bin/jobs.php',
					name: 'jobs',
					num: 2,
					env: { QUEUE: 'high' },
					watch: [DEFAULT_WATCH],
					maxConsecutiveFailures: 3,
				},
				{ file: 'bin/jobs.php', name: 'more', num: 3, env: {}, watch: [] },
			],
		});
	});

	test('without a name it serves names that nobody declared', () => {
		const [server] = directives(...inServer('worker jobs.php {\nbackground\nmax_threads 4\n}'));
		expect(server).toMatchObject({ backgroundWorkers: [{ file: 'jobs.php', maxNames: 4 }] });
	});

	test('stands in the global block, too', () => {
		const { global } = adapt('{\nfrankenphp {\nworker jobs.php {\nname jobs\nbackground\n}\n}\n}\n');
		expect(plain(global.frankenphp)).toMatchObject({ workers: [], backgroundWorkers: [{ name: 'jobs' }] });
	});

	test.each([
		['match', 'worker a.php {\nname a\nbackground\nmatch /a\n}', '6:1 conflict'],
		['max_threads with a name', 'worker a.php {\nname a\nbackground\nmax_threads 2\n}', '6:1 conflict'],
		['num without a name', 'worker a.php {\nbackground\nnum 2\n}', '5:1 conflict'],
		['a number without a name', 'worker a.php 2 {\nbackground\n}', '3:1 conflict'],
		['no file', 'worker {\nname a\nbackground\n}', '3:1 bad_arguments'],
		['an empty name', 'worker a.php {\nname ""\nbackground\n}', '4:6 bad_value'],
		['a name that is too long', `worker a.php {\nname ${'n'.repeat(256)}\nbackground\n}`, '4:6 bad_value'],
		['num 0', 'worker a.php {\nname a\nbackground\nnum 0\n}', '6:5 bad_value'],
		['two files', 'worker a.php {\nname a\nbackground\nfile b.php\n}', '6:1 conflict'],
		['shared without a name', 'worker a.php {\nbackground\nshared\n}', '5:1 conflict'],
		['shared without background', 'worker a.php {\nname a\nshared\n}', '5:1 unknown_option'],
		['an argument of background', 'worker a.php {\nname a\nbackground yes\n}', '5:12 bad_arguments'],
	])('%s is refused where it stands', (_what, lines, where) => {
		expect(refused(...inServer(lines))).toBe(where);
	});

	test('shared says that servers of a fleet receive its tasks; a global one has no name for them to meet by', () => {
		const one = 'worker jobs.php {\nname jobs\nbackground\nshared\n}';
		const [server] = directives(...inServer(one));
		expect(server).toMatchObject({ backgroundWorkers: [{ name: 'jobs', shared: true }] });
		const error = refusal(() => adapt(`{\nfrankenphp {\n${one}\n}\n}`));
		expect(error.message).toMatch(/Caddyfile:3:1: a global background worker cannot be 'shared'/);
	});

	test('two of a name are refused, and two without', () => {
		const one = 'worker a.php {\nname a\nbackground\n}';
		expect(refused(...inServer(one, one))).toBe('7:1 conflict');
		const nameless = 'worker a.php {\nbackground\n}';
		const error = refusal(() => adapt(`{\nfrankenphp {\n${nameless}\n${nameless}\n}\n}`));
		expect(error.message).toMatch(/Caddyfile:6:1: two background workers have no name/);
	});
});
