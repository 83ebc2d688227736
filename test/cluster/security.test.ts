import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { eventually } from '../support/eventually.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { FleetServer, fleetApp } from './support/fleet.ts';
import { NatsSecurity } from './support/nats-security.ts';
import { NatsServer } from './support/nats-server.ts';

afterEach(cleanUp);

/** What a server with these lines in its block `cluster` reads, or why it cannot. */
async function readWith(nats: NatsServer, cluster: string): Promise<{ read: string; server: FleetServer }> {
	const server = await FleetServer.start('a', fleetApp({ nats: [nats.url], cluster }));
	if (!cluster.includes('# refused')) return { read: (await server.read('clock')).server, server };
	const read = await eventually('the reason', async () => {
		const { error = '' } = await server.read('clock', 0.1);
		return !error.includes('is being connected') && error;
	});
	return { read, server };
}

const missing = missingProgram('nats-server') ?? missingProgram('openssl');

describe.skipIf(lacking(missing))('a fleet proves who it is', { timeout: 120_000 }, () => {
	test('by certificates', async () => {
		using security = new NatsSecurity();
		security.certificates();
		const file = (name: string) => security.file(name);
		await using nats = await NatsServer.start(
			...['--tls', '--tlsverify', '--tlscacert', file('ca.pem')],
			...['--tlscert', file('server.pem'), '--tlskey', file('server-key.pem')],
		);
		const own = `cert ${file('client.pem')}\nkey ${file('client-key.pem')}`;
		const [good, stranger, nameless, plain] = await Promise.all([
			readWith(nats, `tls {\nca ${file('ca.pem')}\n${own}\n}`),
			// The system's authorities have not signed this server's certificate.
			readWith(nats, `tls {\n${own}\n} # refused`),
			readWith(nats, `tls {\nca ${file('ca.pem')}\n} # refused`),
			readWith(nats, '# refused'),
		]);
		expect(good.read).toBe('a');
		expect(stranger.read).toMatch(/cannot be asked where: .*certificate/);
		expect(nameless.read).toMatch(
			/cannot be asked where: \S+ wants to see a certificate of this client; add cert and key/,
		);
		expect(plain.read).toMatch(/cannot be asked where: .*certificate/);
	});

	test('by a token', async () => {
		await using nats = await NatsServer.start('--auth', 'not-for-anybody');
		const [good, bad] = await Promise.all([
			readWith(nats, 'token not-for-anybody'),
			readWith(nats, 'token wrong-secret # refused'),
		]);
		expect(good.read).toBe('a');
		expect(bad.read).toMatch(/cannot be asked where: .*[Aa]uthorization/);
		const shown = [good, bad].flatMap(({ read, server: { igor } }) => [read, igor.stdout, igor.stderr]);
		shown.push(await (await good.server.admin('/config/')).text());
		expect(shown.join()).not.toMatch(/not-for-anybody|wrong-secret/);
	});

	test('by a file with credentials', async () => {
		using security = new NatsSecurity();
		security.accounts();
		await using nats = await NatsServer.start('--config', security.file('nats.conf'));
		const [good, stranger, absent, broken] = await Promise.all([
			readWith(nats, `credentials ${security.file('user.creds')}`),
			readWith(nats, `credentials ${security.file('stranger.creds')} # refused`),
			readWith(nats, `credentials ${security.file('none.creds')} # refused`),
			readWith(nats, `credentials ${security.file('nats.conf')} # refused`),
		]);
		expect(good.read).toBe('a');
		expect(stranger.read).toMatch(/cannot be asked where: .*[Aa]uthorization/);
		expect(absent.read).toMatch(/its credentials cannot be read from \S+none\.creds \(ENOENT\)/);
		expect(broken.read).toMatch(/\S+nats\.conf has no credentials of NATS/);
	});
});
