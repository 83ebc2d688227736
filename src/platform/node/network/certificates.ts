import { readFile } from 'node:fs/promises';

/** Where systems keep them: Debian, Fedora, SUSE, Alpine and macOS. */
const SYSTEM_FILES = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/ca-bundle.pem',
	'/etc/ssl/cert.pem',
];
let loading: Promise<Uint8Array> | undefined;

/** The certificates that the system trusts, else those shipped with Node: PEM, one copy for all threads. Main thread. */
export function loadCertificates(): Promise<Uint8Array> {
	loading ??= load();
	return loading;
}

async function load(): Promise<Uint8Array> {
	const text = await firstFile(SYSTEM_FILES);
	// Loaded only for those: it takes longer than all the rest.
	const pem = text ?? process.getBuiltinModule('node:tls').rootCertificates.join('\n');
	const bytes = new TextEncoder().encode(pem);
	const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
	shared.set(bytes);
	return shared;
}

async function firstFile(files: readonly string[]): Promise<string | undefined> {
	for (const file of files) {
		const text = await readFile(file, 'utf8').catch(() => '');
		if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
	}
	return undefined;
}
