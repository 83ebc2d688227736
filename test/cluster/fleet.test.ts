import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, run } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp, fleetOf } from './support/fleet.ts';
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
		expect(await fleetOf(a)).toMatchObject({
			shares: 'run',
			here: true,
			behind: 0,
			holder: expect.stringMatching(/.\/\d+$/),
		});
		expect(await fleetOf(b)).toEqual({ ...(await fleetOf(a)), here: false });
		expect(await (await b.admin('/metrics')).text()).toContain(
			'frankenphp_sidekick_held{scope="web",sidekick="clock"} 0',
		);

		await a.igor.kill();
		// The last snapshot stays until there is another.
		expect(await b.read('clock')).toMatchObject({ server: 'a', run: first.run });
		const next = await eventually('a takeover', async () => {
			const vars = await b.read('clock');
			return vars.server === 'b' && vars;
		});
		expect(Number(next.run)).toBeGreaterThan(Number(first.run));
		expect(await fleetOf(b)).toMatchObject({ here: true });
		expect(b.igor.stderr).toMatch(/"event":"takeover"/);
	});

	test('meets by names: other fleets have their own', async () => {
		await using nats = await NatsServer.start();
		const [one, other] = await Promise.all([
			FleetServer.start('a', fleetApp({ nats: [nats.url] })),
			FleetServer.start('b', fleetApp({ nats: [nats.url], cluster: 'name other.fleet*' })),
		]);
		expect((await one.read('a.b>*')).server).toBe('a');
		expect((await other.read('a.b>*')).server).toBe('b');
	});

	test('proves who it is, and nobody sees how', async () => {
		await using nats = await NatsServer.start('--user', 'igor', '--pass', 'not-for-anybody');
		const wrong = await FleetServer.start('a', fleetApp({ nats: [nats.url], cluster: 'user igor wrong-secret' }));
		const { error = '' } = await wrong.read('clock', 0.5);
		expect(error).toMatch(/NATS at 127\.0\.0\.1:\d+ cannot be asked where: .*[Aa]uthorization/);
		const folder = fleetApp({ nats: [nats.url], cluster: 'user igor not-for-anybody' });
		const right = await FleetServer.start('b', folder);
		expect((await right.read('clock')).server).toBe('b');
		const shown = [await (await right.admin('/config/')).text(), right.igor.stderr, wrong.igor.stderr, error];
		const adapted = await run(['adapt'], folder, { PORT: '1', ADMIN: '2', SERVER: 'b' });
		expect(adapted.out).toContain('"cluster"');
		expect([...shown, adapted.out].join()).not.toMatch(/not-for-anybody|wrong-secret/);
	});

	test('refuses a snapshot that no message can hold, and says both sizes', async () => {
		await using nats = await NatsServer.start();
		const console = `<?php
			try {
				frankenphp_sidekick_set_vars(['large' => str_repeat('x', 5_000_000)]);
			} catch (RuntimeException $error) {
				frankenphp_sidekick_set_vars(['text' => $error->getMessage()]);
			}
			while (!frankenphp_sidekick_should_stop()) sleep(1);`;
		const server = await FleetServer.start('a', fleetApp({ nats: [nats.url], files: { console } }));
		expect(await server.read('clock')).toMatchObject({
			text: expect.stringMatching(
				/^A snapshot of 50000\d\d bytes is more than NATS at \S+ takes in one message \(10\d{5} bytes\)/,
			),
		});
	});
});
