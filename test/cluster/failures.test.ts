import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { endedIn, FleetServer, fleetApp, type Vars } from './support/fleet.ts';
import { NatsServer } from './support/nats-server.ts';
import { Recorder } from './support/recorder.ts';

afterEach(cleanUp);

const names = ['a', 'b', 'c'];

async function startAll(folder: string): Promise<FleetServer[]> {
	const servers = await Promise.all(names.map((name) => FleetServer.start(name, folder)));
	// One starts it, all follow.
	for (const server of servers) await server.read('clock');
	return servers;
}

const isBy = (server: FleetServer, name: string) => async (): Promise<Vars | false> => {
	const vars = await server.read('clock');
	return vars.server === name && vars;
};

describe.skipIf(lacking(missingProgram('nats-server')))('a fleet survives', { timeout: 180_000 }, () => {
	test('the end of a holder that shuts down: another one takes over before the lease is over', async () => {
		await using nats = await NatsServer.start();
		// So long that nobody waits for it here.
		const folder = fleetApp({ nats: [nats.url], lease: 600 });
		const [a, b] = (await startAll(folder)) as [FleetServer, FleetServer];
		await using recorder = new Recorder([b]);
		a.igor.signal('SIGTERM');
		await a.igor.exit;
		const next = await eventually('a takeover', async () => {
			const vars = await b.read('clock');
			return vars.server !== 'a' && vars;
		});
		expect(['b', 'c']).toContain(next.server);
		expect(endedIn(folder)).toContain('a');
		await recorder.check();
	});

	test('a holder that stands still for three leases: it publishes nothing when it goes on', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url] });
		const [a, b, c] = (await startAll(folder)) as [FleetServer, FleetServer, FleetServer];
		await using recorder = new Recorder([b, c]);
		a.igor.signal('SIGSTOP');
		const next = await eventually('a takeover', async () => {
			const vars = await b.read('clock');
			return vars.server !== 'a' && vars;
		});
		a.igor.signal('SIGCONT');
		await eventually('the end of the former run', () => endedIn(folder).includes('a'));
		// And it follows again.
		const seen = await eventually('the new publications on a', isBy(a, next.server));
		expect(Number(seen.count)).toBeGreaterThan(0);
		await recorder.check();
	});

	test('the loss of the engine while running: readers keep what was published, and all goes on', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url] });
		const servers = await startAll(folder);
		await using recorder = new Recorder(servers);
		const logged = new Map(servers.map((server) => [server, server.igor.stderr.length]));
		await nats.end('SIGTERM');
		await eventually('the end of the run', () => endedIn(folder).includes('a'));
		for (const server of servers) expect((await server.read('clock')).server).toBe('a');
		for (const server of servers) {
			await server.igor.until(() => server.igor.stderr.length > (logged.get(server) ?? 0));
			const since = server.igor.stderr.slice(logged.get(server));
			expect(since.match(/cannot be reached/g), since).toHaveLength(1);
		}
		nats.run();
		const counts = new Map<FleetServer, string>();
		for (const server of servers) {
			await eventually(`a new run on ${server.name}`, async () => {
				const { run } = await server.read('clock');
				const [, first] = recorder.runs;
				return recorder.runs.length > 1 && run === first && counts.set(server, run);
			});
		}
		expect(new Set(counts.values()).size).toBe(1);
		await recorder.check();
	});

	test('the loss of the server that leads JetStream, of three', async () => {
		await using cluster = new AsyncDisposableStack();
		const nats = await NatsServer.startThree();
		for (const server of nats) cluster.use(server);
		const folder = fleetApp({ nats: nats.map(({ url }) => url), replicas: 3, lease: 3 });
		const servers = await startAll(folder);
		await using recorder = new Recorder(servers);
		const leader = await nats[0]?.leaderOf('igor-snapshots');
		await nats[leader ?? 0]?.end('SIGKILL');
		const before = Number((await servers[1]?.read('clock'))?.count);
		for (const server of servers) {
			await eventually(`newer publications on ${server.name}`, async () => {
				const vars = await server.read('clock');
				return Number(vars.count) > before + 50 || recorder.runs.length > 1;
			});
		}
		await recorder.check();
	});

	test('an engine that is not there at the start: the server starts, readers learn which one is missing, and why', async () => {
		const port = await freePort();
		const folder = fleetApp({ nats: [`nats://127.0.0.1:${port}`] });
		const server = await FleetServer.start('a', folder);
		const { error = '' } = await server.read('clock', 0.5);
		expect(error).toMatch(
			new RegExp(`did not publish within 0\\.5 seconds.*NATS at 127\\.0\\.0\\.1:${port} cannot be asked`),
		);
		expect(error).toMatch(/ECONNREFUSED|CONNECTION_REFUSED|refused/i);
		await using nats = new NatsServer(port);
		nats.run();
		expect(await server.read('clock', 30)).toMatchObject({ server: 'a' });
		expect(server.igor.stderr.match(/cannot be reached/g)).toHaveLength(1);
	});

	test('two servers that start at the same moment: one runs it', async () => {
		await using nats = await NatsServer.start();
		const folder = fleetApp({ nats: [nats.url] });
		const servers = await Promise.all(names.map((name) => FleetServer.start(name, folder)));
		for (let round = 0; round < 30; round++) {
			const seen = await Promise.all(servers.map((server) => server.read(`round-${round}`)));
			expect(new Set(seen.map(({ server, run }) => `${server} ${run}`)).size).toBe(1);
			const begun = servers.flatMap(({ igor }) => igor.stderr.match(new RegExp(`begins round-${round} `, 'g')) ?? []);
			expect(begun).toHaveLength(1);
			for (const server of servers) await server.admin(`/sidekicks/web/round-${round}`, 'DELETE');
		}
	});
});
