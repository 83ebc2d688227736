import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { endedIn, FleetServer, fleetApp } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';
import { Recorder } from './support/recorder.ts';

afterEach(cleanUp);

/** Leases so long that nobody waits for one to be over. */
const ENDLESS = 600;
const STARTS = Number(process.env.IGOR_FLEET_STARTS ?? 5);

describe.skipIf(lacking(missingProgram('nats-server')))('a fleet goes on after', { timeout: 120_000 }, () => {
	test('its holder reloads: the sidekick ends once, begins once, and all follow', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], lease: ENDLESS });
		const [a, b] = await Promise.all([FleetServer.start('a', folder), FleetServer.start('b', folder)]);
		const former = await a.read('clock');
		expect((await b.read('clock')).run).toBe(former.run);
		await using recorder = new Recorder([a, b]);
		await a.reload(folder);
		for (const server of [a, b]) {
			await eventually(`the new run on ${server.name}`, async () => (await server.read('clock')).run > former.run);
		}
		expect(endedIn(folder)).toEqual(['a']);
		const begun = [a, b].flatMap(({ igor }) => igor.stderr.match(/begins clock /g) ?? []);
		expect(begun).toHaveLength(2);
		await recorder.check();
	});

	test(`${STARTS} starts of two servers at the same moment: one holder each time`, async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], lease: ENDLESS });
		let former = '';
		for (let start = 0; start < STARTS; start++) {
			const servers = await Promise.all(['a', 'b'].map((name) => FleetServer.start(name, folder)));
			// What the ones before have published is there until somebody has begun.
			const seen = await Promise.all(
				servers.map((server) =>
					eventually(`a new run on ${server.name}`, async () => {
						const vars = await server.read('clock');
						return vars.run !== former && vars;
					}),
				),
			);
			expect(new Set(seen.map(({ run }) => run)).size).toBe(1);
			former = seen[0]?.run ?? '';
			for (const { igor } of servers) igor.signal('SIGTERM');
			await Promise.all(servers.map(({ igor }) => igor.exit));
			expect(servers.flatMap(({ igor }) => igor.stderr.match(/begins clock /g) ?? [])).toHaveLength(1);
		}
	});
});
