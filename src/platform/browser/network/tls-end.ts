import { ByteQueue } from '../../../bytes/byte-queue.ts';
import type { Send } from './fetch-answer.ts';
import type { Certificate, TlsConnection, TlsLibrary } from './tls-library.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Type, version and length of a TLS record. */
const RECORD_HEADER = 5;
/** The type of a client's first record. */
const HANDSHAKE = 0x16;

const ALERT = 0x15;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);

/** Whether a connection that begins with this byte speaks TLS. */
export function beginsTls(firstByte: number | undefined): boolean {
	return firstByte === HANDSHAKE;
}

/** The plain side of a TLS connection. */
export type PlainEnd = {
	/** Takes encrypted bytes as PHP writes them. */
	push(bytes: Uint8Array): void;
	send: Send;
	/** Closes the connection after what has been sent. */
	end(): Promise<void>;
};

/**
 * Terminates the TLS of PHP's OpenSSL: fetch() does the real one. Only this thread's own PHP is deceived: it is made to
 * trust an authority that exists in this thread only, and as long as the thread does.
 */
export class TlsEnd {
	readonly #address: string;
	readonly #trust: (pem: string) => void;
	#loading: Promise<{ library: TlsLibrary; authority: Certificate }> | undefined;
	readonly #certificates = new Map<string, Promise<Certificate>>();

	/**
	 * @param address of the library
	 * @param trust makes PHP trust a certificate, before it goes on
	 */
	constructor(address: string, trust: (pem: string) => void) {
		this.#address = address;
		this.#trust = trust;
	}

	/** Loads what is needed and makes PHP trust it, once: PHP reads its list of authorities once it is connected. */
	async prepare(): Promise<void> {
		this.#loading ??= this.#load();
		await this.#loading.catch((error: unknown) => {
			this.#loading = undefined;
			throw error;
		});
	}

	/** Accepts a connection that PHP makes to `host`. `received` takes plain bytes; undefined = no more will come. */
	async accept(host: string, toPhp: WritableStream<Uint8Array>, received: Received): Promise<PlainEnd> {
		await this.prepare();
		const { library, authority } = (await this.#loading) as { library: TlsLibrary; authority: Certificate };
		const certificate = await this.#certificateOf(host, library, authority);
		const connection = new library.TLS_1_2_Connection();
		sayGoodbye(connection);
		const fromPhp = connection.clientEnd.upstream.writable.getWriter();
		const plain = connection.serverEnd.downstream.writable.getWriter();
		connection.clientEnd.downstream.readable.pipeTo(toPhp).catch(() => {});
		const shaken = connection.TLSHandshake(certificate.keyPair.privateKey, [
			certificate.certificate,
			authority.certificate,
		]);
		shaken.then(
			() => forward(connection.serverEnd.upstream.readable, received.bytes),
			(error: unknown) => received.failed(error),
		);
		const records = new ByteQueue();
		return {
			push: (bytes) => {
				records.push(bytes);
				for (const record of takeRecords(records)) fromPhp.write(record).catch(() => {});
			},
			send: (bytes) => plain.write(bytes),
			end: () => plain.close(),
		};
	}

	async #load(): Promise<{ library: TlsLibrary; authority: Certificate }> {
		const library = (await import(/* @vite-ignore */ this.#address)) as TlsLibrary;
		const now = Date.now();
		const authority = await library.generateCertificate({
			subject: { commonName: 'The browser, for this thread of Igor' },
			basicConstraints: { ca: true },
			validity: { notBefore: new Date(now - DAY), notAfter: new Date(now + 365 * DAY) },
		});
		this.#trust(`${library.certificateToPEM(authority.certificate)}\n`);
		return { library, authority };
	}

	#certificateOf(host: string, library: TlsLibrary, authority: Certificate): Promise<Certificate> {
		let making = this.#certificates.get(host);
		if (making === undefined) {
			const now = Date.now();
			making = library.generateCertificate(
				{
					// The library encodes alternative names and usages wrongly. Without them, OpenSSL's users check this name.
					subject: { commonName: host },
					issuer: authority.tbsDescription.subject,
					validity: { notBefore: new Date(now - DAY), notAfter: new Date(now + 364 * DAY) },
				},
				authority.keyPair,
			);
			this.#certificates.set(host, making);
		}
		return making;
	}
}

/** Hears what comes out of a TLS connection. */
export type Received = { bytes(bytes: Uint8Array | undefined): void; failed(error: unknown): void };

/** The library closes without an alert: that looks like a truncated answer, which curl does not accept. */
function sayGoodbye(connection: TlsConnection): void {
	const close = connection.close.bind(connection);
	connection.close = async () => {
		await connection.writeTLSRecord(ALERT, CLOSE_NOTIFY);
		await close();
	};
}

async function forward(from: ReadableStream<Uint8Array>, to: Received['bytes']): Promise<void> {
	try {
		for await (const bytes of from) to(bytes);
	} finally {
		to(undefined);
	}
}

/** The complete records at the front: the library waits 100 ms for the rest of a partial one. */
function* takeRecords(queue: ByteQueue): Generator<Uint8Array> {
	const header = new Uint8Array(RECORD_HEADER);
	while (queue.read(header, true) === RECORD_HEADER) {
		const record = new Uint8Array(RECORD_HEADER + (((header[3] as number) << 8) | (header[4] as number)));
		if (queue.length < record.length) return;
		queue.read(record, false);
		yield record;
	}
}
