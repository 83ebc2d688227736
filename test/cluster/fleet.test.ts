import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';

afterEach(cleanUp);

describe.skipIf(lacking(missingProgram('nats-server')))('a fleet', { timeout: 120_000 }, () => {
	test('runs a shared sidekick once; all servers read it; when its server dies, another one runs it', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url] });
		const [a, b] = await Promise.all([FleetServer.start('a', folder), FleetServer.start('b', folder)]);
		const first = await a.read('clock');
		expect(first.server).toBe('a');
		expect(await b.read('clock')).toMatchObject({ server: 'a', run: first.run });
		await eventually('the next publications on b', async () => Number((await b.read('clock')).count) > 10);
		expect(b.igor.stderr).not.toContain('begins clock');

		await a.igor.kill();
		// The last snapshot stays until there is another.
		expect(await b.read('clock')).toMatchObject({ server: 'a', run: first.run });
		const next = await eventually('a takeover', async () => {
			const vars = await b.read('clock');
			return vars.server === 'b' && vars;
		});
		expect(Number(next.run)).toBeGreaterThan(Number(first.run));
	});
});
