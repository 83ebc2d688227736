import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';

afterEach(cleanUp);

/** Publishes once, and never again. */
const RARE = `<?php
frankenphp_sidekick_set_vars(['server' => $_SERVER['SERVER'], 'run' => '1', 'count' => '1']);
while (!frankenphp_sidekick_should_stop()) sleep(1);`;

describe.skipIf(lacking(missingProgram('nats-server')))('a bucket that is deleted', { timeout: 120_000 }, () => {
	test('is made anew, and all servers go on with what comes into it', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url] });
		const servers = [await FleetServer.start('a', folder), await FleetServer.start('b', folder)];
		for (const buckets of [['snapshots'], ['leases'], ['leases', 'snapshots']]) {
			// Far beyond the revisions that a new bucket begins with.
			for (const server of servers) {
				await eventually(`publications on ${server.name}`, async () => Number((await server.read('clock')).count) > 20);
			}
			const before = await nats.remove(...buckets.map((bucket) => `igor-${bucket}`));
			expect(before).toBe(buckets.length);
			// The deleted bucket tells nothing more: what is newer comes from the next one.
			const seen = await servers[0]?.read('clock');
			for (const server of servers) {
				await eventually(`what comes after ${buckets} were deleted, on ${server.name}`, async () => {
					const { run, count, error } = await server.read('clock');
					expect(error).toBeUndefined();
					return Number(run) > Number(seen?.run) || (run === seen?.run && Number(count) > Number(seen?.count) + 50);
				});
			}
		}
	});

	test('gets again what was published last, for servers that start later', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], files: { console: RARE } });
		const a = await FleetServer.start('a', folder);
		expect((await a.read('clock')).server).toBe('a');
		await nats.remove('igor-snapshots');
		await a.igor.until(() => a.igor.stderr.includes('is connected again'));
		const b = await FleetServer.start('b', folder);
		expect((await b.read('clock')).server).toBe('a');
		expect(b.igor.stderr).not.toContain('begins');
	});
});
