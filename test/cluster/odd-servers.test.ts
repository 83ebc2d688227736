import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';
import { Recorder } from './support/recorder.ts';

afterEach(cleanUp);

const MINUTE = 60_000;
const CLOCK_OFF = fileURLToPath(new URL('support/clock-off.mjs', import.meta.url));

/** Publishes 100 KB each time. */
const LARGE = `<?php
$from = (int) (microtime(true) * 1000);
for ($count = 1; !frankenphp_sidekick_should_stop(); $count++) {
	$vars = ['server' => $_SERVER['SERVER'], 'run' => "$from", 'count' => "$count", 'text' => str_repeat('x', 100_000)];
	frankenphp_sidekick_set_vars($vars);
	usleep(5000);
}`;

/** When its lease was taken, as its holder's clock said. */
async function heldSince(server: FleetServer): Promise<number> {
	const [sidekick] = (await (await server.admin('/sidekicks')).json()) as { fleet: { since: string } }[];
	return Date.parse(sidekick?.fleet.since ?? '');
}

describe.skipIf(lacking(missingProgram('nats-server')))('a fleet bears', { timeout: 120_000 }, () => {
	test('servers whose clocks are a minute off: they keep leases, follow, and take over', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], lease: 2 });
		const start = (name: string, off: number) =>
			FleetServer.start(name, folder, { NODE_OPTIONS: `--import ${CLOCK_OFF}`, CLOCK_OFF: String(off) });
		const early = await start('early', MINUTE);
		const first = await early.read('clock');
		expect(await heldSince(early)).toBeGreaterThan(Date.now() + MINUTE / 2);
		const late = await start('late', -MINUTE);
		// Publications of more than a lease, all of one run.
		await eventually('a lease to be renewed', async () => {
			const vars = await late.read('clock');
			expect(vars.run).toBe(first.run);
			return Number(vars.count) > 150;
		});
		await early.igor.kill();
		const next = await eventually('a takeover', async () => {
			const vars = await late.read('clock');
			return vars.server === 'late' && vars;
		});
		expect(await heldSince(late)).toBeLessThan(Date.now() - MINUTE / 2);
		const again = await start('early', MINUTE);
		await eventually('what the late one publishes', async () => {
			const vars = await again.read('clock');
			expect(vars.run).toBe(next.run);
			return Number(vars.count) > 150;
		});
	});

	test('a slow reader: nobody waits for it, and it ends with the latest', async () => {
		await using nats = await NatsServer.start();
		// It is stopped for long, and must not be the one that holds the lease.
		const folder = fleetApp({ nats: [nats.url], lease: 600, files: { console: LARGE } });
		const a = await FleetServer.start('a', folder);
		await a.read('clock');
		const [b, c] = await Promise.all([FleetServer.start('b', folder), FleetServer.start('c', folder)]);
		await b.read('clock');
		b.igor.signal('SIGSTOP');
		await using recorder = new Recorder([a, c]);
		const from = Number((await c.read('clock')).count);
		const to = await eventually('many publications', async () => {
			const count = Number((await c.read('clock')).count);
			return count > from + 300 && count;
		});
		b.igor.signal('SIGCONT');
		await using slow = new Recorder([b]);
		await eventually('the latest on the slow one', async () => Number((await b.read('clock')).count) > to);
		await slow.check();
		await recorder.check();
	});

	test('the end of all its NATS servers at once, of three: all goes on when they are there again', async () => {
		await using cluster = new AsyncDisposableStack();
		const nats = await NatsServer.startThree();
		for (const server of nats) cluster.use(server);
		const folder = fleetApp({ nats: nats.map(({ url }) => url), replicas: 3 });
		const servers = await Promise.all(['a', 'b'].map((name) => FleetServer.start(name, folder)));
		const [former] = await Promise.all(servers.map((server) => server.read('clock')));
		await using recorder = new Recorder(servers);
		await Promise.all(nats.map((server) => server.end('SIGTERM')));
		for (const { igor } of servers) await igor.until(() => igor.stderr.includes('cannot be reached'));
		for (const server of servers) expect((await server.read('clock')).run).toBe(former?.run);
		for (const server of nats) server.run();
		for (const server of servers) {
			await eventually(
				`newer publications on ${server.name}`,
				async () => {
					const { run } = await server.read('clock');
					return run !== former?.run;
				},
				60,
			);
		}
		await recorder.check();
	});
});
