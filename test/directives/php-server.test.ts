import { describe, expect, test } from 'vitest';
import { DEFAULT_WATCH } from '../../src/directives/php-server/worker.ts';
import { directives, refused } from '../caddyfile/support.ts';

describe('php_server', () => {
	test('has defaults', () => {
		expect(directives('php_server')).toEqual([
			{ type: 'php_server', splitPath: ['.php'], env: {}, workers: [], fileServer: true, index: 'index.php' },
		]);
	});

	test('has everything that FrankenPHP has, and sidekicks', () => {
		expect(
			directives(
				`php_server /app/* {
	root /app/public
	split_path .php .phtml
	resolve_root_symlink false
	name shop
	env A 1
	env __proto__ 2
	file_server off
	request_body_timeout 1m
	worker /app/worker.php 3
	worker {
		file /app/api.php
		num 2
		name api
		env B 2
		watch
		watch src/**/*.php config
		match /api/* /v2/*
		max_consecutive_failures -1
	}
	sidekick {
		entrypoint /app/bin/console
		max 8
		allow redis-* config
		env C 3
		max_consecutive_failures 3
		stop_timeout 1.5s
		max_snapshot_size 8MiB
		eager config
		eager redis-main
	}
}`,
			),
		).toEqual([
			{
				type: 'php_server',
				matcher: [{ type: 'path', patterns: ['/app/*'] }],
				root: '/app/public',
				splitPath: ['.php', '.phtml'],
				resolveRootSymlink: false,
				name: 'shop',
				env: JSON.parse('{"A":"1","__proto__":"2"}'),
				fileServer: false,
				index: 'index.php',
				requestBodyTimeout: 60_000,
				workers: [
					{ file: '/app/worker.php', num: 3, env: {}, watch: [], match: [] },
					{
						file: '/app/api.php',
						num: 2,
						name: 'api',
						env: { B: '2' },
						watch: [DEFAULT_WATCH, 'src/**/*.php', 'config'],
						match: ['/api/*', '/v2/*'],
						maxConsecutiveFailures: -1,
					},
				],
				sidekick: {
					entrypoint: '/app/bin/console',
					max: 8,
					allow: ['redis-*', 'config'],
					env: { C: '3' },
					maxConsecutiveFailures: 3,
					stopTimeout: 1500,
					maxSnapshotSize: 8 * 1024 * 1024,
					eager: ['config', 'redis-main'],
				},
			},
		]);
	});

	test('takes the entrypoint in short form, also with a block', () => {
		const [server] = directives(
			'php_server {\n sidekick_entrypoint bin/console\n sidekick {\n max 2\n }\n worker w.php watch\n}',
		);
		expect(server).toMatchObject({
			sidekick: { entrypoint: 'bin/console', max: 2, allow: [], eager: [] },
			workers: [{ file: 'w.php', watch: [DEFAULT_WATCH] }],
		});
	});

	test.each([
		['sidekick {\n max 2\n}', '3:1 bad_arguments'],
		['sidekick_entrypoint a\nsidekick {\n entrypoint b\n}', '5:2 conflict'],
		['sidekick_entrypoint', '3:1 bad_arguments'],
		['sidekick {\n stop_timeout 5\n}', '4:15 bad_value'],
		['sidekick {\n max_snapshot_size 8X\n}', '4:20 bad_value'],
		['sidekick {\n max 0\n}', '4:6 bad_value'],
		['sidekick {\n egaer x\n}', '4:2 unknown_option'],
		['worker', '3:1 bad_arguments'],
		['worker a.php x', '3:14 bad_value'],
		['worker a.php\nworker a.php', '4:1 conflict'],
		['worker a.php {\n max_threads 1\n}', '4:2 conflict'],
		['file_server on', '3:13 bad_value'],
		['hot_reload', '3:1 unsupported'],
		['env A=B c', '3:5 bad_value'],
		['env A', '3:1 bad_arguments'],
		['split_path php', '3:12 bad_value'],
		['resolve_root_symlink maybe', '3:22 bad_value'],
		['name a b', '3:8 bad_arguments'],
		['root /a\nroot /b', '4:1 conflict'],
	])('%j is refused at %s', (lines, expected) => {
		expect(refused(`php_server {\n${lines}\n}`)).toBe(expected);
	});
});

test('visible shows further folders', () => {
	expect(directives('php_server {\n\tvisible /usr/share/php:ro ../lib:/lib\n\tvisible more\n}')).toMatchObject([
		{
			visible: [
				{ host: '/usr/share/php', readOnly: true },
				{ host: '../lib', php: '/lib', readOnly: false },
				{ host: 'more', readOnly: false },
			],
		},
	]);
	for (const [line, problem] of [
		['visible', 'bad_arguments'],
		['visible a:b:c', 'bad_value'],
	] as const) {
		expect(refused(`php_server {\n\t${line}\n}`), line).toContain(problem);
	}
});

describe('processes', () => {
	test('names programs, once each', () => {
		expect(directives('php_server {\n\tprocesses {\n\t\tallow php git\n\t\tallow git /opt/tool\n\t}\n}')).toMatchObject(
			[{ processes: ['php', 'git', '/opt/tool'] }],
		);
		expect(directives('php_server {\n\tprocesses {\n\t\tallow *\n\t}\n}')).toMatchObject([{ processes: ['*'] }]);
	});

	test.each([
		['processes', 'allows no program'],
		['processes {\n\t}', 'allows no program'],
		['processes off', "'off'"],
		['processes {\n\t\tallow bin/tool\n\t}', 'is no program'],
		['processes {\n\t\tdeny git\n\t}', "'deny'"],
	])('%j is refused', (line, why) => {
		expect(() => directives(`php_server {\n\t${line}\n}`)).toThrow(why);
	});
});
