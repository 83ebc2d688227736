import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useFidelityServer } from './support/fidelity-server.ts';

const fidelity = useFidelityServer({}, 3);
let sessions = 0;
const NONE = 1;

/** A session of its own for each test: by the cookie that its client sends. */
const newSession = (): string => `fidelity${process.pid}n${++sessions}`;

describe.each(MODES)('a session of %s requests', (mode) => {
	type Result = { n?: number | null; others?: boolean[]; state?: [number, string, boolean]; boot?: string };
	const ask = (session: string, steps: string, id = 'nobody', others: string[] = []): Promise<Result> =>
		fidelity().ask<Result>(mode, 'session', {
			headers: ['Cookie', `PHPSESSID=${session}`, 'X-Steps', steps, 'X-Id', id, 'X-Others', JSON.stringify(others)],
		});

	test('is held by one request; another one of it waits, one of another session does not', async () => {
		const session = newSession();
		const [first, second] = [`${session}-first`, `${session}-second`];
		const holder = ask(session, 'start started wait count wrote', first);
		await fidelity().left(`${first}-started`);
		const waiter = ask(session, 'starting start started others read', second, [`${first}-wrote`]);
		await fidelity().left(`${second}-starting`);
		expect(await ask(newSession(), 'start count read')).toEqual({ n: 1 });
		expect(fidelity().has(`${second}-started`)).toBe(false);
		fidelity().put(`${first}-go`);
		expect(await waiter).toEqual({ others: [true], n: 1 });
		await holder;
	});

	test('is free for others after session_write_close()', async () => {
		const session = newSession();
		const holder = ask(session, 'start count close closed wait read', session);
		await fidelity().left(`${session}-closed`);
		expect(await ask(session, 'start count read')).toEqual({ n: 2 });
		fidelity().put(`${session}-go`);
		// What was closed is what it was then.
		expect(await holder).toEqual({ n: 1 });
	});

	test('is free for others after a script that closed it and ended by exit', async () => {
		const session = newSession();
		await ask(session, 'start count close exit');
		expect(await ask(session, 'start count read')).toEqual({ n: 2 });
	});

	test('is written after a script that left it open and ended by exit', async () => {
		const session = newSession();
		await ask(session, 'start count exit');
		expect(await ask(session, 'start count read')).toEqual({ n: 2 });
	});

	test('is written after a shutdown function that ended by exit', async () => {
		const session = newSession();
		await ask(session, 'start count exit-at-shutdown');
		expect(await ask(session, 'start count read')).toEqual({ n: 2 });
	});

	test('is not there until it is started, though the last request of the thread had one', async () => {
		const session = newSession();
		for (let i = 0; i < 4; i++) await ask(session, 'start count');
		for (let i = 0; i < 4; i++) expect(await ask(session, 'state read')).toEqual({ state: [NONE, '', false], n: null });
	});

	test('is empty after session_destroy()', async () => {
		const session = newSession();
		await ask(session, 'start count');
		await ask(session, 'start destroy');
		expect(await ask(session, 'start read')).toEqual({ n: null });
	});

	test('gets a cookie when the client has none, and a new one when its id is regenerated', async () => {
		const steps = (text: string, cookie?: string) =>
			fidelity().send(mode, 'session', {
				headers: ['X-Steps', text, ...(cookie === undefined ? [] : ['Cookie', cookie])],
			});
		const cookieOf = ({ headers }: Awaited<ReturnType<typeof steps>>) =>
			headers['set-cookie']?.map((text) => /^PHPSESSID=[\w,-]{22,}/.exec(text)?.[0]);
		const first = cookieOf(await steps('start count'));
		expect(first).toEqual([expect.any(String)]);
		const second = await steps('start regenerate read', first?.[0]);
		expect(second.body).toBe('{"n":1}');
		expect(cookieOf(second)).toEqual([expect.not.stringMatching(first?.[0] ?? '')]);
		expect(cookieOf(await steps('start read', cookieOf(second)?.[0]))).toBeUndefined();
		expect((await steps('start read', first?.[0])).body).toBe('{"n":null}');
	});
});

test('a session survives the restart of its worker', async () => {
	const session = newSession();
	const ask = (steps: string) =>
		fidelity().ask<{ n: number; boot: string }>('worker', 'session', {
			headers: ['Cookie', `PHPSESSID=${session}`, 'X-Steps', steps],
		});
	const boots = new Set<string>();
	// Each exit ends the worker script that served it: more of them than there are threads meet new ones.
	for (let n = 1; n <= 8; n++) {
		const result = await ask('start count read boot close exit');
		expect(result.n).toBe(n);
		boots.add(result.boot);
	}
	expect(boots.size).toBe(8);
});
