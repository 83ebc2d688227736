import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';
import { linesOf, make, send, TASK_APP } from './support/task-app.ts';

afterEach(cleanUp);

/** Servers of a fleet; the only thread of the first one is busy until the file `go` is there. */
async function startAll(
	folder: string,
	...names: string[]
): Promise<{ servers: FleetServer[]; busy: Promise<unknown> }> {
	const servers = await Promise.all(names.map((name) => FleetServer.start(name, folder)));
	const busy = send(servers[0] as FleetServer, { id: 'busy', await: 'go' }).catch(() => {});
	await eventually('a task that keeps a busy', () => linesOf(folder, 'received').includes('a busy'));
	return { servers, busy };
}

const ABORTED = 'RuntimeException: The script of the worker exited without completing the task.';
const GIVEN_UP = 'The sender has given up the task.';

describe.skipIf(lacking(missingProgram('nats-server')))('a task of a fleet', { timeout: 120_000 }, () => {
	test('whose server stands still before the pick-up goes to another one; after the pick-up its sender gets an exception', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], ...TASK_APP });
		const { servers } = await startAll(folder, 'a', 'b', 'c');
		const [a, b, c] = servers as [FleetServer, FleetServer, FleetServer];
		// NATS goes on to offer tasks to it.
		b.igor.signal('SIGSTOP');
		for (const id of ['1', '2', '3', '4']) {
			expect(await send(a, { id })).toEqual({ updates: [{ server: 'c', length: 0 }] });
		}

		const late = send(a, { id: 'held', updates: 1, await: 'never' });
		await eventually('the pick-up by c', () => linesOf(folder, 'received').includes('c held'));
		await c.igor.kill();
		expect(await late).toEqual({ updates: [], error: ABORTED });

		// What it was offered meanwhile is over.
		b.igor.signal('SIGCONT');
		expect(await send(a, { id: 'last' })).toEqual({ updates: [{ server: 'b', length: 0 }] });
		const received = linesOf(folder, 'received');
		expect(received.filter((line) => line.startsWith('b'))).toEqual(['b last']);
	});

	test('is given up when its sender does so, and when the server of its sender dies', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], ...TASK_APP });
		const { servers } = await startAll(folder, 'a', 'b');
		const [a] = servers as [FleetServer];
		const { updates, error } = await send(a, { id: 'one', forever: true }, { stopAfter: '2' });
		expect([updates, error]).toEqual([[{ i: 0 }, { i: 1 }, { i: 2 }], 'RuntimeException: The task is over.']);
		await eventually('b to learn of it', () => linesOf(folder, 'received').includes(`b one: ${GIVEN_UP}`));

		const lost = send(a, { id: 'two', forever: true }).catch(() => 'lost');
		await eventually('the pick-up by b', () => linesOf(folder, 'received').includes('b two'));
		await a.igor.kill();
		expect(await lost).toBe('lost');
		await eventually('b to give it up', () => linesOf(folder, 'received').includes(`b two: ${GIVEN_UP}`));
	});

	test('that no server has a thread for is withdrawn in time; without NATS the exception says so, and local threads go on', async () => {
		await using nats = new NatsServer(await freePort());
		const folder = fleetApp({ nats: [nats.url], ...TASK_APP });
		const { servers } = await startAll(folder, 'a', 'b');
		const [a, b] = servers as [FleetServer, FleetServer];
		const withdrawn = 'No thread of "mailer" picked up the task within 1 second; it has been withdrawn.';
		const unreachable = await send(a, { id: 'nobody' }, { timeout: '1' });
		expect(unreachable.error).toContain(`RuntimeException: ${withdrawn}`);
		expect(unreachable.error).toContain(`Other servers of the fleet cannot be asked: NATS at 127.0.0.1:${nats.port}: `);
		expect(await send(b, { id: 'local' })).toEqual({ updates: [{ server: 'b', length: 0 }] });

		nats.run();
		expect(await send(a, { id: 'again' })).toEqual({ updates: [{ server: 'b', length: 0 }] });
		const held = send(b, { id: 'held', await: 'go' });
		await eventually('a task that keeps b busy', () => linesOf(folder, 'received').includes('b held'));
		const nobody = await send(a, { id: 'nobody' }, { timeout: '1' });
		expect(nobody.error).toContain(
			`${withdrawn} It is ready (1 attempt). No thread of another server was free, either.`,
		);

		// Whoever is free first takes what waits.
		const waiting = send(a, { id: 'waiting' });
		make(folder, 'go');
		expect((await waiting).updates).toHaveLength(1);
		expect((await held).updates).toHaveLength(1);
		const metrics = await (await b.admin('/metrics')).text();
		expect(metrics).toMatch(/frankenphp_worker_task_count\{[^}]*outcome="completed"[^}]*\} [34]\n/);
	});
});
