import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsConfig } from '../../../directives/tls.ts';
import { findHost } from '../../../scopes/site-endpoints.ts';
import { reserve } from '../files/reserved.ts';
import { CertificateAuthority, CertificateError } from './certificate-authority.ts';

/** Where certificates come from. */
export interface CertificateOptions {
	/** Relative paths of certificates belong to it. */
	readonly folder: string;
	/** Where the internal authority keeps its key. */
	readonly dataFolder: string;
}

type KeyPair = { readonly cert: string; readonly key: string };
type Held = { readonly context: SecureContext; readonly pair: KeyPair; readonly renewAt: number };
type Source = { readonly host: string; readonly config: TlsConfig | undefined };

/** Names that a host without a name in the Caddyfile is given a certificate for. */
const DEFAULT_HOST = 'localhost';
/** Names beside those of the configuration that a catch-all site has certificates for. */
const MOST_NAMES = 1000;

/** The certificates of one socket, by the name that a client asks for (SNI). Main thread only. */
export class SiteCertificates {
	readonly #sources: ReadonlyMap<string, Source>;
	readonly #authority: () => Promise<CertificateAuthority>;
	readonly #held = new Map<string, Promise<Held>>();
	#fallback: KeyPair | undefined;

	private constructor(sources: ReadonlyMap<string, Source>, authority: () => Promise<CertificateAuthority>) {
		this.#sources = sources;
		this.#authority = authority;
	}

	/**
	 * Reads or makes the certificate of every host.
	 *
	 * @param hosts name → its `tls`, `undefined` = the internal authority's
	 * @throws CertificateError when one cannot be had
	 */
	static async open(
		hosts: ReadonlyMap<string, TlsConfig | undefined>,
		{ folder, dataFolder }: CertificateOptions,
	): Promise<SiteCertificates> {
		const sources = new Map([...hosts].map(([host, config]) => [host, { host, config }]));
		let authority: Promise<CertificateAuthority> | undefined;
		const open = (): Promise<CertificateAuthority> => {
			authority ??= CertificateAuthority.open(dataFolder);
			return authority;
		};
		const certificates = new SiteCertificates(sources, open);
		for (const source of sources.values()) {
			if (source.config?.source === 'files') {
				certificates.#held.set(source.host, Promise.resolve(await readPair(source.config, folder)));
			} else await certificates.#hold(source, source.host);
		}
		await certificates.renewFallback();
		return certificates;
	}

	/** For clients that name no host, as those that connect by an address; any certificate is better than none. */
	get fallback(): KeyPair | undefined {
		return this.#fallback;
	}

	/** Makes sure that `fallback` is not about to end. Rejects when no other one can be had. */
	async renewFallback(): Promise<void> {
		const sources = [...this.#sources.values()];
		const source = sources.find(({ host }) => isIP(host) !== 0) ?? this.#sources.get('') ?? sources[0];
		if (source !== undefined) this.#fallback = (await this.#hold(source, source.host)).pair;
	}

	/** For clients that name a host. Rejects when nothing is served there. */
	async contextFor(name: string): Promise<SecureContext> {
		const asked = name.toLowerCase();
		const source = findHost(this.#sources, asked);
		if (source === undefined) throw new CertificateError(`No site is served for '${asked}'.`);
		return (await this.#hold(source, source.host === '' ? asked : source.host)).context;
	}

	async #hold(source: Source, host: string): Promise<Held> {
		const key = source.config?.source === 'files' ? source.host : host;
		const known = await this.#held.get(key);
		if (known !== undefined && known.renewAt > Date.now()) return known;
		if (this.#held.size > MOST_NAMES + this.#sources.size) {
			for (const name of this.#held.keys()) if (!this.#sources.has(name)) this.#held.delete(name);
		}
		const made = this.#issue(host === '' ? DEFAULT_HOST : host);
		this.#held.set(key, made);
		made.catch(() => this.#held.delete(key));
		return made;
	}

	async #issue(host: string): Promise<Held> {
		const { cert, key, renewAt } = await (await this.#authority()).issue(host);
		return { context: createSecureContext({ cert, key }), pair: { cert, key }, renewAt };
	}
}

async function readPair(config: Extract<TlsConfig, { source: 'files' }>, folder: string): Promise<Held> {
	const [cert, key] = await Promise.all([
		read(config, config.certificate, folder, 'certificate'),
		read(config, config.key, folder, 'key'),
	]);
	try {
		return { context: createSecureContext({ cert, key }), pair: { cert, key }, renewAt: Number.POSITIVE_INFINITY };
	} catch (error) {
		throw new CertificateError(
			`${config.position}: the certificate ${config.certificate} and the key ${config.key} cannot be used together: ${(error as Error).message}. Both have to be PEM, and belong together.`,
		);
	}
}

async function read({ position }: TlsConfig, path: string, folder: string, what: string): Promise<string> {
	try {
		const file = resolve(folder, path);
		reserve(file);
		return await readFile(file, 'utf8');
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
		throw new CertificateError(`${position}: the ${what} ${resolve(folder, path)} ${why}; check the path.`);
	}
}
