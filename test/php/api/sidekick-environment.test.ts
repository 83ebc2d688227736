import { describe, expect, test } from 'vitest';
import { Application } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

/** What fixtures/sidekicks/environment.php published. */
async function environment(app: Application, name = 'environment') {
	const vars = await app.vars(name);
	return Object.fromEntries(Object.entries(vars).map(([key, json]) => [key, JSON.parse(json) as unknown]));
}

const env = { APP_ENV: 'testing', WITH_EQUALS: 'a=b', EMPTY: '', UNICODE: 'żółć' };

describe.each(['bin/sidekick', 'bin/sidekick.php'])('an entrypoint called %s', (sidekickEntrypoint) => {
	const phpIni = { max_execution_time: '1', register_argc_argv: '0', display_errors: '1', variables_order: 'EGPCS' };
	const app = useApplication({ sidekickEntrypoint, threads: 1, env, phpIni });
	const entrypoint = () => `${app().folder}/${sidekickEntrypoint}`;

	test('finds its name in argv and $_SERVER', async () => {
		const name = 'environment:some name, żółć';
		const seen = await environment(app(), name);
		expect(seen.$argv).toEqual([entrypoint(), name]);
		expect(seen.$argc).toBe(2);
		expect(seen.$_SERVER).toMatchObject({ argv: [entrypoint(), name], argc: 2, FRANKENPHP_SIDEKICK_NAME: name });
	});

	test('is what SCRIPT_FILENAME, SCRIPT_NAME and PHP_SELF say', async () => {
		expect((await environment(app())).$_SERVER).toMatchObject({
			SCRIPT_FILENAME: entrypoint(),
			SCRIPT_NAME: entrypoint(),
			PHP_SELF: entrypoint(),
		});
	});

	test('sees nothing of an HTTP request', async () => {
		const seen = await environment(app());
		const server = seen.$_SERVER as Record<string, unknown>;
		const ofRequests = /^(HTTP_|REQUEST_(METHOD|URI|SCHEME)|QUERY_STRING|REMOTE_|SERVER_(NAME|PORT|PROTOCOL)|CONTENT_)/;
		expect(Object.keys(server).filter((key) => ofRequests.test(key))).toEqual([]);
		expect(server).not.toHaveProperty('FRANKENPHP_WORKER');
		expect(server).not.toHaveProperty('GATEWAY_INTERFACE');
		expect(seen.$_GET).toEqual([[], [], [], []]);
		expect(seen.headers).toEqual([[], [], []]);
	});

	test('has a time of request start, as every script', async () => {
		const { REQUEST_TIME, REQUEST_TIME_FLOAT } = (await environment(app())).$_SERVER as Record<string, number>;
		expect(REQUEST_TIME).toBeCloseTo(Date.now() / 1000, -2);
		expect(Math.floor(REQUEST_TIME_FLOAT as number)).toBe(REQUEST_TIME);
	});

	test('runs under the SAPI name frankenphp', async () => {
		expect((await environment(app())).PHP_SAPI).toEqual(['frankenphp', 'frankenphp']);
	});

	test('has the env of its scope, and nothing of the host', async () => {
		const seen = await environment(app());
		expect(seen.getenv).toEqual(env);
		expect(seen.$_SERVER).toMatchObject(env);
		expect(seen.$_SERVER).not.toHaveProperty('PATH');
		expect(seen.$_SERVER).not.toHaveProperty('HOME');
	});

	test('has no time limit, whatever php.ini says', async () => {
		expect((await environment(app())).max_execution_time).toBe('0');
		const name = 'spins-for';
		expect(await app().vars(name)).toEqual({ when: 'before' });
		await eventually('the end of the computation', async () => (await app().vars(name)).when === 'after');
		expect(app().server.sidekicks.get(name)).toMatchObject({ attempts: 1, state: 'ready' });
	});

	test('prints into the log, line by line, tagged with the name; the #! line is not printed', async () => {
		const name = 'prints';
		await app().vars(name);
		const start = ['first line', 'second line', 'żółć 🐘', '-'.repeat(100), '', 'after an empty line'];
		await eventually('six lines', () => app().log.output(name).length >= 6);
		expect(app().log.output(name)).toEqual(start);
		app().put(`${name}.go`);
		await eventually('the seventh line', () => app().log.output(name).length >= 7);
		expect(app().log.output(name)).toEqual([...start, 'no end of line, until now']);
		await app().server.sidekicks.stop(name);
		expect(app().log.output(name)).toEqual([...start, 'no end of line, until now', 'last words']);
		expect(app().log.matching('#!')).toEqual([]);
	});

	test('header() and its relatives do nothing harmful', async () => {
		const vars = await app().vars('headers');
		expect(JSON.parse(vars.request as string)).toEqual([]);
		await eventually('its output', () => app().log.output('headers').includes('still here'));
		const info = await app().sidekick('headers', ({ state }) => state === 'ready');
		expect(info).toMatchObject({ attempts: 1, lastError: undefined });
		expect(app().log.matching('headers already sent')).toEqual([]);
	});

	test('PHP errors go to the log, not to the output', async () => {
		const name = 'warns';
		await app().vars(name);
		for (const [part, level] of [
			['Undefined variable $undefined', 'warn'],
			['written by error_log()', 'info'],
			['deprecated by hand', 'info'],
			['written by frankenphp_log()', 'error'],
		] as const) {
			const [record] = await eventually(part, () => {
				const found = app().log.matching(part);
				return found.length > 0 && found;
			});
			expect(record?.level, part).toBe(level);
			expect(JSON.stringify(record?.context), part).toContain(name);
		}
		expect(app().log.output(name)).toEqual([]);
	});

	test('cannot handle requests', async () => {
		const error = await app().vars('handles-request');
		expect(error.class).toBe('RuntimeException');
		expect(error.message).toContain('frankenphp_handle_request()');
		expect(error.message).toContain('sidekick');
	});
});

test('a request, in contrast, has the time limit of php.ini', async () => {
	await using app = await Application.start({ threads: 1, workers: [], phpIni: { max_execution_time: '1' } });
	const response = await app.server.fetch(Application.path('classic', 'burn', { seconds: 20 }));
	expect(response.status).toBe(500);
	expect(app.log.matching('Maximum execution time of 1 second').length).toBeGreaterThan(0);
	expect(await app.value('classic', 'burn', { seconds: 0 })).toBe(true);
});
