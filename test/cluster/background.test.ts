import { expect, test } from 'vitest';
import { worker } from '../sidekicks/world.ts';
import { FleetWorld } from './support/fleet-world.ts';

test('background workers run on every server, also when a pattern of shared names has theirs', async () => {
	const world = new FleetWorld();
	const servers = ['a', 'b'].map((label) => world.add(label, [worker('mailer')]));
	for (const { registry } of servers) void registry.startDeclared();
	await world.pass(100);
	for (const { running } of servers) {
		expect(running.map(({ request }) => [request.name, request.shared])).toEqual([['mailer', undefined]]);
	}
	for (const server of servers) expect(server.registry.get('mailer')?.fleet).toBeUndefined();
});
