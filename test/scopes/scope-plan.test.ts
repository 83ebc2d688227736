import { describe, expect, test } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import type { OptionsHost } from '../../src/config/options.ts';
import { planScopes, type ServerPlan } from '../../src/scopes/scope-plan.ts';
import { warnOfIdleWorkers } from '../../src/site/php/site-scope.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';

const FOLDERS = ['/srv', '/srv/a', '/srv/b', '/srv/a/public'];
const FILES = [
	'/srv/a/index.php',
	'/srv/a/worker.php',
	'/srv/b/index.php',
	'/srv/bin/console',
	'/srv/a/bin/console',
	'/srv/jobs.php',
];

const HOST: OptionsHost = {
	cwd: '/srv',
	resolve: (path) => (path === '.' ? '/srv' : path.startsWith('/') ? path : `/srv/${path.replace(/^\.\//, '')}`),
	look(path) {
		if (path === '/srv/current') return { kind: 'directory', realPath: '/srv/a' };
		if (FOLDERS.includes(path)) return { kind: 'directory', realPath: path };
		return FILES.includes(path) ? { kind: 'file', realPath: path } : undefined;
	},
};

const CADDYFILE_HOST = { variable: () => undefined, glob: () => [], read: () => undefined };

function plan(text: string): ServerPlan {
	const config = adaptCaddyfile(text, 'Caddyfile', CADDYFILE_HOST);
	const variables = { HOME: '/home' };
	return planScopes(config, HOST, { phpVersion: '8.4', env: { FROM: 'cli', BOTH: 'cli' }, mostThreads: 40, variables });
}

function options(text: string) {
	return plan(text).scopes.map((scope) => scope.options);
}

describe('the root of a scope', () => {
	test.each([
		['its own', 'root * b\nphp_server {\nroot a\n}', '/srv/a'],
		["the site's", 'root * a\nphp_server', '/srv/a'],
		['that of the block around it', 'root * b\nhandle /a/* {\nroot a\nphp_server\n}', '/srv/a'],
		['that of the block around its block', 'root a\nhandle {\nroute {\nphp_server\n}\n}', '/srv/a'],
		['the current directory', 'php_server', '/srv'],
		['a link, resolved', 'root current\nphp_server', '/srv/a'],
	])('is %s', (_name, block, root) => {
		expect(options(`:80 {\n${block}\n}`)).toMatchObject([{ root }]);
	});

	test.each([
		[
			'is not there',
			':80 {\n\troot nowhere\n\tphp_server\n}',
			/^Caddyfile:3:2: the root '\/srv\/nowhere' does not exist/,
		],
		['is a file', ':80 {\n\troot jobs.php\n\tphp_server\n}', /is a file, not a directory/],
		[
			'depends on the host',
			':80 {\n\troot /srv/{host}\n\tphp_server\n}',
			/^Caddyfile:2:2: '\{host\}' in the root of PHP/,
		],
		[
			'depends on the path',
			':80 {\n\troot /x/* a\n\tphp_server\n}',
			/^Caddyfile:2:2: this 'root' applies to some requests only/,
		],
	])('is refused when it %s', (_name, text, message) => {
		expect(() => plan(text)).toThrow(message);
	});
});

describe('the names of scopes', () => {
	test('are written, or the first host, or the first address, and unique', () => {
		const names = options(
			'a.localhost, b.localhost {\nphp_server /x/*\nphp_server\n}\n:81 {\nphp_server\n}\nhttp:// {\nphp_server {\nname shop\n}\n}',
		).map(({ name }) => name);
		expect(names).toEqual(['a.localhost', 'a.localhost_2', ':81', 'shop']);
	});
});

describe('workers', () => {
	test('are found below the root of their block, else in the current directory, else below the root', () => {
		const found = options(
			':80 {\nphp_server {\nroot a\nworker worker.php 3\n}\n}\n:81 {\nroot a\nphp_server {\nworker worker.php\nworker {\nfile jobs.php\nname jobs\nmatch /jobs/*\nenv A b\nmax_consecutive_failures -1\n}\n}\n}',
		);
		expect(found[0]?.workers).toEqual([
			{ file: '/srv/a/worker.php', num: 3, name: '/srv/a/worker.php', env: {}, maxConsecutiveFailures: 6 },
		]);
		expect(found[1]?.workers).toEqual([
			{ file: '/srv/a/worker.php', num: 2, name: '/srv/a/worker.php', env: {}, maxConsecutiveFailures: 6 },
			{ file: '/srv/jobs.php', num: 2, name: 'jobs', env: { A: 'b' }, maxConsecutiveFailures: -1 },
		]);
	});

	test('of the global block belong to every scope that has their script', () => {
		const found = options(
			'{\nfrankenphp {\nworker a/index.php 1\n}\n}\n:80 {\nroot a\nphp_server\n}\n:81 {\nroot b\nphp_server\n}',
		);
		expect(found.map(({ workers }) => workers.map(({ file }) => file))).toEqual([['/srv/a/index.php'], []]);
	});

	test('of the global block run once for sites that ask for the same', () => {
		const { scopes } = plan(
			'{\nfrankenphp {\nworker a/index.php 3\n}\n}\n' +
				':80 {\nroot a\nphp_server\n}\n:81 {\nroot a\nphp_server\n}\n:82 {\nroot a\nphp_server {\nenv A b\n}\n}\n' +
				':83 {\nroot a\nphp_server {\nworker index.php 1\n}\n}',
		);
		expect(scopes.map(({ options, sharedBy }) => [options.workers.map(({ num }) => num), sharedBy.length])).toEqual([
			[[3], 1],
			[[3], 0],
			// A site's own worker goes before the global one.
			[[1], 0],
		]);
	});

	test('env may name variables of the server', () => {
		const [scope] = options(
			':80 {\nphp_server {\nenv A "<{env.HOME}{env.NONE}>"\nworker a/worker.php {\nenv B {env.HOME}\n}\n}\n}',
		);
		expect(scope).toMatchObject({ env: { A: '</home>' }, workers: [{ env: { B: '/home' } }] });
	});

	test('max_threads', () => {
		const [scope] = options(':80 {\nphp_server {\nroot a\nworker worker.php 3 {\nmax_threads 5\n}\n}\n}');
		expect(scope?.workers).toMatchObject([{ num: 3, maxThreads: 5 }]);
		expect(() => plan(':80 {\nphp_server {\nroot a\nworker worker.php 3 {\nmax_threads 2\n}\n}\n}')).toThrow(
			/'max_threads' is less than the worker starts with; expected at least 3/,
		);
	});

	test('that no site could ask for are refused', () => {
		expect(() => plan('{\nfrankenphp {\nworker jobs.php\n}\n}\n:80 {\nroot a\nphp_server\n}')).toThrow(
			/^Caddyfile:3:1: no site has the worker script 'jobs\.php' below its root; move the worker/,
		);
	});

	test('match and watch go along', () => {
		const [scope] = plan(
			':80 {\nphp_server {\nroot a\nworker worker.php watch\nworker {\nfile index.php\nmatch /api/*\nwatch src/**\n}\n}\n}',
		).scopes;
		expect(scope?.workerMatches).toEqual([{ patterns: ['/api/*'], worker: 1 }]);
		expect(scope?.watch).toEqual(['./**/*.{env,php,twig,yaml,yml}', 'src/**']);
	});

	test('one that no request can reach is warned about: outside the root, and without match', () => {
		const { scopes } = plan(
			':80 {\nphp_server {\nroot a\nworker /srv/jobs.php\nworker worker.php\nworker {\nfile bin/console\nmatch /jobs/*\n}\n}\n}',
		);
		const log = new CapturingLogger();
		for (const scope of scopes) warnOfIdleWorkers(scope, log);
		expect(log.records.map(({ level, message }) => `${level}: ${message}`)).toEqual([
			'warn: The worker /srv/jobs.php gets no requests: it is outside the root /srv/a.',
		]);
	});
});

describe('threads', () => {
	const TWO = (options: string) =>
		plan(
			`{\nfrankenphp {\n${options}\n}\n}\n:80 {\nphp_server {\nroot a\nworker worker.php 3\n}\n}\n:81 {\nphp_server\n}`,
		);

	test.each([
		['', [2, 2], 0],
		['num_threads 8', [3, 2], 0],
		['num_threads 5', [1, 1], 0],
		['num_threads 5\nmax_threads 9', [1, 1], 4],
		['max_threads 9', [2, 2], 2],
		['max_threads auto', [2, 2], 33],
	])('%j', (options, classic, reserve) => {
		const { scopes, ...rest } = TWO(options);
		expect(scopes.map((scope) => scope.options.threads)).toEqual(classic);
		expect(rest.reserve).toBe(reserve);
		expect(scopes[0]?.options.maxThreads).toBe((classic[0] as number) + 3 + reserve);
	});

	test('too few are refused', () => {
		const raised = TWO('num_threads 4');
		expect(raised.scopes.map((scope) => scope.options.threads)).toEqual([1, 1]);
		expect(raised.warnings).toMatchObject([{ message: expect.stringContaining('is raised to 5') }]);
		expect(() => TWO('num_threads 3')).toThrow(
			/'num_threads' is too small; expected at least 5: one for each php_server/,
		);
	});
});

test('limits, environment and sidekicks', () => {
	const [scope] = options(
		'{\ngrace_period 2s\nfrankenphp {\nmax_wait_time 3s\nmax_idle_time 1m\nmax_requests 500\nmax_thread_memory 1GiB\nphp_ini memory_limit 64M\n}\n}\n:80 {\nroot a\nphp_server {\nenv BOTH site\nsidekick {\nentrypoint bin/console\nmax 3\nallow x:*\nenv ROLE sidekick\nmax_consecutive_failures 2\nstop_timeout 1s\nmax_snapshot_size 1MiB\neager x:a\n}\n}\n}',
	);
	expect(scope).toMatchObject({
		maxWaitTime: 3000,
		maxIdleTime: 60_000,
		maxRequests: 500,
		maxThreadMemory: 2 ** 30,
		phpIni: { memory_limit: '64M' },
		env: { FROM: 'cli', BOTH: 'site' },
		stopTimeout: 2000,
		visiblePaths: expect.arrayContaining(['/srv', '/srv/a', '/srv/bin/console']),
		sidekicks: {
			// The current directory goes first.
			entrypoint: '/srv/bin/console',
			max: 3,
			allow: ['x:*'],
			eager: ['x:a'],
			env: { ROLE: 'sidekick' },
			maxConsecutiveFailures: 2,
			stopTimeout: 1000,
			maxSnapshotSize: 1_048_576,
		},
	});
});
