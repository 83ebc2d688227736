import { describe, expect, test } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import type { OptionsHost } from '../../src/config/options.ts';
import { planScopes } from '../../src/scopes/scope-plan.ts';

const FILES = ['/srv/jobs.php', '/srv/a/jobs.php', '/srv/a/index.php', '/srv/worker.php'];
const HOST: OptionsHost = {
	cwd: '/srv',
	resolve: (path) => (path === '.' ? '/srv' : path.startsWith('/') ? path : `/srv/${path}`),
	look(path) {
		if (['/srv', '/srv/a', '/srv/b'].includes(path)) return { kind: 'directory', realPath: path };
		return FILES.includes(path) ? { kind: 'file', realPath: path } : undefined;
	},
};

function plan(text: string) {
	const config = adaptCaddyfile(text, 'Caddyfile', {
		variable: () => undefined,
		glob: () => [],
		read: () => undefined,
	});
	return planScopes(config, HOST, { phpVersion: '8.4', env: {}, mostThreads: 40, variables: { HOME: '/home' } });
}

const background = (name: string, file = 'jobs.php', more = '') =>
	`worker ${file} {\nname ${name}\nbackground\n${more}\n}`;

describe('background workers of a scope', () => {
	test('have defaults, their own environment and files that are watched', () => {
		const { scopes } = plan(
			`:80 {\nphp_server {\n${background('jobs', 'jobs.php', 'env A {env.HOME}\nwatch x')}\n}\n}`,
		);
		expect(scopes).toMatchObject([
			{
				options: {
					workers: [],
					backgroundWorkers: [
						{ name: 'jobs', file: '/srv/jobs.php', num: 1, env: { A: '/home' }, maxConsecutiveFailures: 6 },
					],
				},
				watch: ['x'],
			},
		]);
	});

	test('are found below the root of their block', () => {
		const { scopes } = plan(`:80 {\nphp_server {\nroot a\n${background('jobs')}\n}\n}`);
		expect(scopes[0]?.options.backgroundWorkers).toMatchObject([{ file: '/srv/a/jobs.php' }]);
		expect(scopes[0]?.options.visiblePaths).toContain('/srv/a/jobs.php');
	});

	test('come on top of num_threads and max_threads', () => {
		const global = '{\nfrankenphp {\nnum_threads 2\nmax_threads 3\n}\n}';
		const { scopes, reserve } = plan(
			`${global}\n:80 {\nphp_server {\n${background('jobs', 'jobs.php', 'num 5')}\n}\n}`,
		);
		expect(scopes[0]?.options).toMatchObject({ threads: 2, maxThreads: 3 });
		expect(reserve).toBe(1);
	});

	test('those of the global block run once, in a scope of their own', () => {
		const global = `{\nfrankenphp {\n${background('jobs')}\n${background('mail')}\n}\n}`;
		const sites = `:81 {\nphp_server {\nroot a\n${background('jobs', 'jobs.php', 'num 2')}\n}\n}\n:82 {\nroot * b\nphp_server\n}`;
		const { scopes, global: shared, warnings } = plan(`${global}\n${sites}`);
		expect(
			scopes.map(({ options }) => options.backgroundWorkers?.map(({ name, num, file }) => [name, num, file])),
		).toEqual([[['jobs', 2, '/srv/a/jobs.php']], undefined]);
		expect(shared?.options).toMatchObject({
			name: 'global',
			isGlobal: true,
			root: '/srv',
			threads: 0,
			maxThreads: 0,
			backgroundWorkers: [
				{ name: 'jobs', num: 1, file: '/srv/jobs.php' },
				{ name: 'mail', num: 1, file: '/srv/jobs.php' },
			],
		});
		expect(warnings).toEqual([]);
	});

	test('the one without a name has as many names as it says, or 16', () => {
		const catchAll = (more: string) => plan(`:80 {\nphp_server {\nworker jobs.php {\nbackground\n${more}\n}\n}\n}`);
		expect(catchAll('').scopes[0]?.options.backgroundCatchAll).toMatchObject({ file: '/srv/jobs.php', max: 16 });
		expect(catchAll('max_threads 3').scopes[0]?.options.backgroundCatchAll?.max).toBe(3);
	});

	test.each([
		[
			'a script that is not there',
			`:80 {\nphp_server {\n${background('jobs', 'none.php')}\n}\n}`,
			/^Caddyfile:3:1: the script of the background worker '\/srv\/none.php' does not exist/,
		],
		[
			'a global name that reads like SERVER:NAME',
			`{\nfrankenphp {\n${background('shop:jobs')}\n}\n}\n:80 {\nphp_server {\nname shop\n${background('jobs')}\n}\n}`,
			/^Caddyfile:3:1: the global background worker 'shop:jobs' has the name of one in a php_server/,
		],
	])('%s is refused where it stands', (_what, text, message) => {
		expect(() => plan(text)).toThrow(message);
	});
});
