import 'reflect-metadata';
import { createPrivateKey, X509Certificate as NodeCertificate, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509Certificate,
	X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its key, PEM. */
export interface CertificatePair {
	readonly cert: string;
	readonly key: string;
	/** Milliseconds since 1970 from which on a fresh one has to be used. */
	readonly renewAt: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 24 * 60 * 60 * 1000;
const ROOT_LIFETIME = 3600 * DAY;
const LEAF_LIFETIME = 7 * DAY;
/** A clock of a client may be behind. */
const BACKDATED = 60 * 60 * 1000;

/**
 * The authority behind `tls internal`: a root certificate that is kept, and certificates for hosts that are made when
 * they are needed. Where Caddy keeps its own: `pki/authorities/local/root.crt`, for people to trust.
 */
export class CertificateAuthority {
	readonly #root: X509Certificate;
	readonly #key: CryptoKey;
	readonly #pem: string;

	private constructor(root: X509Certificate, key: CryptoKey) {
		this.#root = root;
		this.#key = key;
		this.#pem = root.toString('pem');
	}

	/** @throws CertificateError when the folder cannot be used */
	static async open(dataFolder: string): Promise<CertificateAuthority> {
		const folder = join(dataFolder, 'pki', 'authorities', 'local');
		const files = { cert: join(folder, 'root.crt'), key: join(folder, 'root.key') };
		const pending = opening.get(folder) ?? loadOrCreate(files);
		opening.set(folder, pending);
		try {
			return await pending;
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			throw new CertificateError(
				`The authority for 'tls internal' cannot be kept in ${folder}: ${code ?? message}. Make the folder writable, or set XDG_DATA_HOME to another one.`,
			);
		} finally {
			opening.delete(folder);
		}
	}

	/** From what `load` and `create` have. */
	static of(root: X509Certificate, key: CryptoKey): CertificateAuthority {
		return new CertificateAuthority(root, key);
	}

	/** A certificate for one host: a name, a name with `*`, or an address. */
	async issue(host: string): Promise<CertificatePair> {
		const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
		const now = Date.now();
		const end = Math.min(now + LEAF_LIFETIME, this.#root.notAfter.getTime());
		const certificate = await X509CertificateGenerator.create({
			serialNumber: serialNumber(),
			subject: '',
			issuer: this.#root.subject,
			notBefore: new Date(now - BACKDATED),
			notAfter: new Date(end),
			publicKey: keys.publicKey,
			signingKey: this.#key,
			signingAlgorithm: ALGORITHM,
			extensions: [
				new BasicConstraintsExtension(false, undefined, true),
				new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
				new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
				new SubjectAlternativeNameExtension([{ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }], true),
				await AuthorityKeyIdentifierExtension.create(this.#root.publicKey),
			],
		});
		return {
			cert: `${certificate.toString('pem')}\n${this.#pem}\n`,
			key: await pemOf(keys.privateKey),
			renewAt: now + (end - now) * (2 / 3),
		};
	}
}

/** A certificate that cannot be had; the message says which and what to do. */
export class CertificateError extends Error {
	override readonly name = 'CertificateError';
	readonly code = 'bad_certificate';
}

type Files = { readonly cert: string; readonly key: string };

/** Two sockets that need the authority at the same time must not make two of them. */
const opening = new Map<string, Promise<CertificateAuthority>>();

async function loadOrCreate(files: Files): Promise<CertificateAuthority> {
	return (await load(files)) ?? (await create(files));
}

/** `undefined` = there is none, or it is over, or two processes have made one at the same time. */
async function load(files: Files): Promise<CertificateAuthority | undefined> {
	const [cert, key] = await Promise.all([text(files.cert), text(files.key)]);
	if (cert === undefined || key === undefined) return undefined;
	const root = new X509Certificate(cert);
	if (root.notAfter.getTime() < Date.now() + LEAF_LIFETIME) return undefined;
	const [bytes] = PemConverter.decode(key);
	if (bytes === undefined || !new NodeCertificate(cert).checkPrivateKey(createPrivateKey(key))) return undefined;
	return CertificateAuthority.of(root, await crypto.subtle.importKey('pkcs8', bytes, ALGORITHM, true, ['sign']));
}

async function create(files: Files): Promise<CertificateAuthority> {
	const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
	const now = Date.now();
	const root = await X509CertificateGenerator.createSelfSigned({
		serialNumber: serialNumber(),
		name: `CN=Igor Local Authority - ${new Date(now).getUTCFullYear()} ECC Root`,
		notBefore: new Date(now - BACKDATED),
		notAfter: new Date(now + ROOT_LIFETIME),
		signingAlgorithm: ALGORITHM,
		keys,
		extensions: [
			new BasicConstraintsExtension(true, 1, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	await mkdir(dirname(files.key), { recursive: true, mode: 0o700 });
	// The key first: a certificate whose key is not there could not be used.
	await writeWhole(files.key, `${await pemOf(keys.privateKey)}\n`, 0o600);
	await writeWhole(files.cert, `${root.toString('pem')}\n`, 0o644);
	return CertificateAuthority.of(root, keys.privateKey);
}

/** All of it or nothing, whoever reads meanwhile. */
async function writeWhole(path: string, content: string, mode: number): Promise<void> {
	const draft = `${path}.${randomUUID()}.new`;
	await writeFile(draft, content, { mode });
	await chmod(draft, mode);
	await rename(draft, path);
}

async function text(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}

async function pemOf(key: CryptoKey): Promise<string> {
	return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** Positive, 127 bits. */
function serialNumber(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[0] = (bytes[0] as number) & 0x7f || 1;
	return Buffer.from(bytes).toString('hex');
}
