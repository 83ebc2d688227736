import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
	CertificateAuthority,
	CertificateError,
} from '../../../../src/platform/node/listeners/certificate-authority.ts';
import { lacking } from '../../../support/lacking.ts';
import { missingProgram } from '../../../support/programs.ts';
import { ask, askTwo, handler, open, options, portOf, says, session, site, temporaryFolder } from './support.ts';

const protocol = handler((request, response) => void (response as ServerResponse).end(`HTTP/${request.httpVersion}`));

/** A folder with `host.crt` and `host.key`, from an authority that nobody knows. */
async function folderWithFiles(...hosts: string[]): Promise<string> {
	const folder = temporaryFolder();
	const authority = await CertificateAuthority.open(join(folder, 'elsewhere'));
	for (const host of hosts) {
		const { cert, key } = await authority.issue(host);
		writeFileSync(join(folder, `${host}.crt`), cert);
		writeFileSync(join(folder, `${host}.key`), key);
	}
	return folder;
}

function rootOf(dataFolder: string, what: 'crt' | 'key'): string {
	return join(dataFolder, 'pki', 'authorities', 'local', `root.${what}`);
}

describe('tls CERT KEY', () => {
	test('each host has its own, chosen by SNI; a site speaks HTTP/1.1 and HTTP/2', async () => {
		const folder = await folderWithFiles('a.test', 'b.test');
		const listeners = await open(
			[
				site('https://a.test:0 {\n\ttls a.test.crt a.test.key\n}', protocol),
				site(`https://b.test:0 {\n\ttls ${folder}/b.test.crt ${folder}/b.test.key\n}`, protocol),
			],
			options({ folder, dataFolder: temporaryFolder() }),
		);
		const port = portOf(listeners, 'https');
		const ca = readFileSync(rootOf(join(folder, 'elsewhere'), 'crt'), 'utf8');
		for (const host of ['a.test', 'b.test']) {
			const answer = await ask({ port, host, serverName: host, ca });
			expect(answer.text).toBe('HTTP/1.1');
			expect(answer.certificate).toMatchObject({ subjectaltname: `DNS:${host}`, trusted: true });
			const client = session(port, host);
			expect((await askTwo(client, { ':authority': host })).text).toBe('HTTP/2.0');
		}
	});

	test.each([
		['tls missing.crt a.test.key', /Caddyfile:2:\d+: the certificate \S+missing\.crt does not exist/],
		['tls a.test.crt missing.key', /the key \S+missing\.key does not exist/],
		['tls a.test.crt b.test.key', /a\.test\.crt and the key b\.test\.key cannot be used together/],
		['tls broken.pem a.test.key', /the certificate broken\.pem and the key a\.test\.key cannot be used/],
		['tls a.test.crt folder', /the key \S+folder cannot be read \(EISDIR\)/],
	])('%s is an error that names the file', async (line, message) => {
		const folder = await folderWithFiles('a.test', 'b.test');
		writeFileSync(join(folder, 'broken.pem'), 'no PEM');
		mkdirSync(join(folder, 'folder'));
		const opening = open([site(`https://a.test:0 {\n\t${line}\n}`, says('a'))], options({ folder }));
		await expect(opening).rejects.toThrow(CertificateError);
		await expect(opening).rejects.toThrow(message);
	});

	test('a reload reads the files again', async () => {
		const folder = await folderWithFiles('a.test');
		const given = options({ folder });
		const sites = [site('https://a.test:0 {\n\ttls a.test.crt a.test.key\n}', says('a'))];
		const listeners = await open(sites, given);
		const port = portOf(listeners, 'https');
		const before = await ask({ port, host: 'a.test', serverName: 'a.test' });
		const { cert, key } = await (await CertificateAuthority.open(join(folder, 'another'))).issue('a.test');
		writeFileSync(join(folder, 'a.test.crt'), cert);
		writeFileSync(join(folder, 'a.test.key'), key);
		await listeners.update(sites, given);
		const ca = readFileSync(rootOf(join(folder, 'another'), 'crt'), 'utf8');
		expect(before.text).toBe('a');
		expect((await ask({ port, host: 'a.test', serverName: 'a.test', ca })).certificate?.trusted).toBe(true);
	});
});

describe('tls internal', () => {
	test('certificates come from a root that is kept between starts', async () => {
		const dataFolder = temporaryFolder();
		const sites = [site('https://localhost:0, https://*.a.test:0 {\n\ttls internal\n}', says('a'))];
		const first = await open(sites, options({ dataFolder }));
		const ca = readFileSync(rootOf(dataFolder, 'crt'), 'utf8');
		const key = readFileSync(rootOf(dataFolder, 'key'), 'utf8');
		expect(statSync(rootOf(dataFolder, 'key')).mode & 0o777).toBe(0o600);
		await first.close(0);
		const second = await open(sites, options({ dataFolder }));
		expect(readFileSync(rootOf(dataFolder, 'crt'), 'utf8')).toBe(ca);
		expect(readFileSync(rootOf(dataFolder, 'key'), 'utf8')).toBe(key);
		const port = portOf(second, 'https');
		const answer = await ask({ port, serverName: 'localhost', ca });
		expect(answer.certificate).toMatchObject({ subjectaltname: 'DNS:localhost', trusted: true });
		expect(answer.certificate?.issuer).toMatch(/^Igor Local Authority/);
		const wildcard = await ask({ port, host: 'x.a.test', serverName: 'x.a.test', ca });
		expect(wildcard.certificate).toMatchObject({ subjectaltname: 'DNS:*.a.test', trusted: true });
	});

	test.skipIf(lacking(missingProgram('openssl')))('OpenSSL finds nothing wrong with the chain', async () => {
		const folder = temporaryFolder();
		const { cert } = await (await CertificateAuthority.open(folder)).issue('localhost');
		writeFileSync(join(folder, 'leaf.pem'), cert);
		const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', rootOf(folder, 'crt')];
		expect(execFileSync('openssl', [...args, join(folder, 'leaf.pem')]).toString()).toMatch(/leaf\.pem: OK/);
	});

	test('a site for every host has one for the name that is asked for', async () => {
		const dataFolder = temporaryFolder();
		const listeners = await open([site('https://:0 {\n}', says('a'))], options({ dataFolder }));
		const ca = readFileSync(rootOf(dataFolder, 'crt'), 'utf8');
		const port = portOf(listeners, 'https');
		for (const host of ['localhost', 'any.test']) {
			const { certificate } = await ask({ port, host, serverName: host, ca });
			expect(certificate).toMatchObject({ subjectaltname: `DNS:${host}`, trusted: true });
		}
	});

	test('who connects by an address sends no name, and is served', async () => {
		const dataFolder = temporaryFolder();
		const sites = [site('https://localhost:0, https://127.0.0.1:0 {\n}', says('a'))];
		const listeners = await open(sites, options({ dataFolder }));
		const ca = readFileSync(rootOf(dataFolder, 'crt'), 'utf8');
		const port = portOf(listeners, 'https');
		const answer = await ask({ port, host: '127.0.0.1', serverName: '', ca });
		expect(answer.text).toBe('a');
		expect(answer.certificate).toMatchObject({ subjectaltname: 'IP Address:127.0.0.1', trusted: true });
		// Also after a reload, whose sites are others.
		await listeners.update([site('https://:0 {\n}', says('b'))], options({ dataFolder }));
		expect(await ask({ port, host: '127.0.0.1', serverName: '', ca })).toMatchObject({
			text: 'b',
			certificate: { subjectaltname: 'DNS:localhost' },
		});
	});

	test('a name that nobody serves is refused, and the next client is served', async () => {
		const listeners = await open([site('https://localhost:0 {\n}', says('a'))]);
		const port = portOf(listeners, 'https');
		await expect(ask({ port, serverName: 'other.test' })).rejects.toThrow();
		expect((await ask({ port, serverName: 'localhost' })).text).toBe('a');
	});

	test('plain HTTP on a port of HTTPS harms nobody', async () => {
		const listeners = await open([site('https://localhost:0 {\n}', says('a'))]);
		const port = portOf(listeners, 'https');
		expect(await ask({ port })).toMatchObject({
			status: 400,
			text: 'Client sent an HTTP request to an HTTPS server.\n',
		});
		expect((await ask({ port, serverName: 'localhost' })).text).toBe('a');
	});

	test('a folder that cannot be used is an error that names it', async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, 'file'), '');
		const opening = open([site('https://:0 {\n}', says('a'))], options({ dataFolder: join(folder, 'file') }));
		await expect(opening).rejects.toThrow(CertificateError);
		await expect(opening).rejects.toThrow(/cannot be kept in \S+file\/pki\/authorities\/local: ENOTDIR/);
	});

	test('a root that is broken is an error, not replaced: people trust it', async () => {
		const dataFolder = temporaryFolder();
		await CertificateAuthority.open(dataFolder);
		writeFileSync(rootOf(dataFolder, 'crt'), 'no PEM');
		await expect(CertificateAuthority.open(dataFolder)).rejects.toThrow(CertificateError);
		expect(readFileSync(rootOf(dataFolder, 'crt'), 'utf8')).toBe('no PEM');
	});

	test('two that start at once have the same root', async () => {
		const dataFolder = temporaryFolder();
		const both = await Promise.all([CertificateAuthority.open(dataFolder), CertificateAuthority.open(dataFolder)]);
		const ca = readFileSync(rootOf(dataFolder, 'crt'), 'utf8').trim();
		for (const authority of both) expect((await authority.issue('localhost')).cert).toContain(ca);
	});
});
