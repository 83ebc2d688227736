import { fileURLToPath } from 'node:url';
import { type ServeOptions, type Server, serve } from 'igor-php';
import { expect } from 'vitest';
import { RecordedLog } from './recorded-log.ts';

/** The application of these tests: pages, harmful scripts, a worker, and an entrypoint for sidekicks. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

export type App = AsyncDisposable & { server: Server; log: RecordedLog };

/** Starts a server of the fixtures; without a socket, unless told otherwise. */
export async function startApp(options: ServeOptions = {}): Promise<App> {
	const log = new RecordedLog();
	const server = await serve({
		root: `${FIXTURES}public`,
		sidekickEntrypoint: `${FIXTURES}sidekick.php`,
		workers: [{ file: `${FIXTURES}public/worker.php`, num: 1 }],
		listen: false,
		log,
		...options,
	});
	return { server, log, [Symbol.asyncDispose]: () => server.close() };
}

/** The server answers in both modes. */
export async function expectAlive({ server }: App): Promise<void> {
	for (const path of ['/hello.php', '/worker.php?do=hello']) {
		const response = await server.fetch(path, { signal: AbortSignal.timeout(10_000) });
		expect([path, response.status, await response.text()]).toEqual([path, 200, 'hello']);
	}
}

/** What `frankenphp_sidekick_get_vars()` gives a page: the variables, or the message of its exception. */
export async function getVars(
	{ server }: App,
	name: string,
	timeout = 15,
): Promise<{ vars?: Record<string, string>; error?: string; class?: string }> {
	const response = await server.fetch(`/vars.php?name=${name}&timeout=${timeout}`, {
		signal: AbortSignal.timeout(20_000),
	});
	expect(response.status).toBe(200);
	return (await response.json()) as Awaited<ReturnType<typeof getVars>>;
}
