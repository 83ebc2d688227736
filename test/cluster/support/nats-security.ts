import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

/** Files that a NATS server and its clients prove with who they are; gone when disposed. */
export class NatsSecurity implements Disposable {
	readonly folder = mkdtempSync(join(tmpdir(), 'igor-nats-security-'));

	file(name: string): string {
		return join(this.folder, name);
	}

	/** An authority `ca.pem`, and what it has signed for 127.0.0.1: `server.pem`, `client.pem`, each with its `-key.pem`. */
	certificates(): void {
		const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
		const request = (name: string) => [...key, '-keyout', `${name}-key.pem`, '-subj', `/CN=${name}`];
		openssl('req', '-x509', ...request('ca'), '-out', 'ca.pem');
		writeFileSync(this.file('names'), 'subjectAltName=IP:127.0.0.1\n');
		for (const name of ['server', 'client']) {
			openssl('req', ...request(name), '-out', `${name}.csr`);
			const by = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
			openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
		}
	}

	/**
	 * A configuration `nats.conf` whose operator knows one account, and the credentials of a user of it, `user.creds`; also
	 * those of one whom nobody has signed, `stranger.creds`.
	 */
	accounts(): void {
		const [operator, account, system] = [createOperator(), createAccount(), createAccount()];
		const limits = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };
		const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
		const accountToken = (pair: KeyPair, more: object) =>
			token(operator, pair, { type: 'account', version: 2, limits: { ...limits, ...more } });
		writeFileSync(
			this.file('nats.conf'),
			[
				`operator: ${token(operator, operator, { type: 'operator', version: 2 })}`,
				`system_account: ${system.getPublicKey()}`,
				'resolver: MEMORY',
				'resolver_preload: {',
				`${account.getPublicKey()}: ${accountToken(account, storage)}`,
				`${system.getPublicKey()}: ${accountToken(system, {})}`,
				'}',
				'',
			].join('\n'),
		);
		for (const [name, issuer] of [
			['user', account],
			['stranger', createAccount()],
		] as const) {
			const user = createUser();
			const claims = { type: 'user', version: 2, subs: -1, data: -1, payload: -1, pub: {}, sub: {} };
			const parts = { 'NATS USER JWT': token(issuer, user, claims), 'USER NKEY SEED': text(user.getSeed()) };
			const lines = Object.entries(parts).map(
				([title, value]) => `-----BEGIN ${title}-----\n${value}\n------END ${title}------\n`,
			);
			writeFileSync(this.file(`${name}.creds`), lines.join('\n'));
		}
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** A JWT as NATS reads it. */
function token(issuer: KeyPair, subject: KeyPair, nats: object): string {
	const claims = { iat: Math.floor(Date.now() / 1000), iss: issuer.getPublicKey(), sub: subject.getPublicKey(), nats };
	const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
	const signed = [
		{ typ: 'JWT', alg: 'ed25519-nkey' },
		{ jti, name: 'test', ...claims },
	]
		.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
		.join('.');
	return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

function text(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString();
}
