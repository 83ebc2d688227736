import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, run } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp, fleetOf } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';
import { linesOf, make, send, TASK_APP } from './support/task-app.ts';

afterEach(cleanUp);

describe.skipIf(lacking(missingProgram('nats-server')))('tasks of a fleet', { timeout: 120_000 }, () => {
	test('are received whole by a free thread of another server when none here is free, also above the size of a message', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url], ...TASK_APP });
		const [a] = await Promise.all([FleetServer.start('a', folder), FleetServer.start('b', folder)]);
		const first = send(a, { id: 'first', await: 'go' });
		await eventually('the first task on a', () => linesOf(folder, 'received').includes('a first'));

		expect(await send(a, { id: 'second', updates: 2, size: 2_500_000 }, { length: '3000000' })).toEqual({
			updates: [
				{ i: 0, text: 2_500_000 },
				{ i: 1, text: 2_500_000 },
				{ server: 'b', length: 3_000_000 },
			],
		});
		expect(await fleetOf(a)).toEqual({ shares: 'tasks', holder: null, here: true, since: null, behind: 0 });
		expect(await (await a.admin('/metrics')).text()).toContain(
			'frankenphp_sidekick_shared{scope="web",sidekick="mailer",what="tasks"} 1',
		);
		const { out } = await run(['sidekicks'], folder, { PORT: String(a.port), ADMIN: String(a.adminPort), SERVER: 'a' });
		expect(out).toMatch(/^web +mailer .* shares tasks /m);
		make(folder, 'go');
		expect(await first).toEqual({ updates: [{ server: 'a', length: 0 }] });
		expect(linesOf(folder, 'received')).toEqual(['a first', 'b second']);
	});
});
