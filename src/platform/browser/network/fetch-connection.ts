import type { Connection, ConnectionEvents, Endpoint, IpEndpoint } from '../../../php-thread/sockets/network-port.ts';
import { ByteSource } from './byte-source.ts';
import { answerByFetch, type Origin, type Send } from './fetch-answer.ts';
import { NotHttpError, readBody, readHead } from './sent-request.ts';
import { beginsTls, type PlainEnd, type TlsEnd } from './tls-end.ts';

/** HTTP clients speak first. One that is silent for this long, milliseconds, waits for a greeting. */
const FIRST_WORD = 5000;
const HTTP_PORT = 80;
const FIRST_OWN_PORT = 49_152;
const CONTINUE = new TextEncoder().encode('HTTP/1.1 100 Continue\r\n\r\n');
let connections = 0;

/** What the connections of a thread share. */
export type FetchSettings = {
	tls: TlsEnd;
	followsRedirects: boolean;
	/** Hears what went wrong, as a sentence; PHP itself only gets an error number. */
	log(message: string): void;
};

/** A connection of PHP that leads nowhere: requests that PHP writes into it are answered by fetch(). PHP thread. */
export class FetchConnection implements Connection {
	readonly #target: IpEndpoint;
	/** As in a URL. */
	readonly #host: string;
	readonly #events: ConnectionEvents;
	readonly #settings: FetchSettings;
	readonly #own: IpEndpoint = { address: '127.0.0.1', port: FIRST_OWN_PORT + (connections++ % 16_384) };
	readonly #given = new AbortController();
	/** Plain bytes from PHP. */
	readonly #source = new ByteSource();
	/** Encrypted bytes that came before the TLS end was ready. */
	#encrypted: Uint8Array[] | PlainEnd | undefined;
	#begun = false;
	#silence: ReturnType<typeof setTimeout> | undefined;
	/** PHP takes no more for now. */
	#paused: PromiseWithResolvers<void> | undefined;

	constructor(target: IpEndpoint, host: string, events: ConnectionEvents, settings: FetchSettings) {
		this.#target = target;
		this.#host = host;
		this.#events = events;
		this.#settings = settings;
		void this.#connect();
	}

	async #connect(): Promise<void> {
		try {
			// It is not known yet whether this is TLS; on that port it never is.
			if (this.#target.port !== HTTP_PORT) await this.#settings.tls.prepare();
		} catch (error) {
			this.#settings.log(`TLS is not available: ${String(error)}`);
		}
		await Promise.resolve();
		if (this.#isOver) return;
		this.#silence = setTimeout(() => this.#fail('it waits for the other side to speak first'), FIRST_WORD);
		this.#events.connected();
	}

	write(bytes: Uint8Array): boolean {
		if (this.#isOver) return true;
		const copy = bytes.slice();
		if (!this.#begun && copy.length > 0) this.#begin(beginsTls(copy[0]));
		if (this.#encrypted === undefined) this.#source.push(copy);
		else this.#encrypted.push(copy);
		return true;
	}

	end(): void {
		this.#source.end();
	}

	close(): void {
		clearTimeout(this.#silence);
		this.#source.end();
		this.#given.abort();
		this.resume();
	}

	resume(): void {
		this.#paused?.resolve();
		this.#paused = undefined;
	}

	setNoDelay(): void {}

	setKeepAlive(): void {}

	local(): Endpoint {
		return this.#own;
	}

	peer(): Endpoint {
		return this.#target;
	}

	/** PHP has sent its first bytes. */
	#begin(encrypted: boolean): void {
		this.#begun = true;
		clearTimeout(this.#silence);
		if (encrypted) void this.#beginTls();
		else void this.#serve('http', this.#send, async () => this.#events.ended());
	}

	async #beginTls(): Promise<void> {
		const early: Uint8Array[] = [];
		this.#encrypted = early;
		const host = this.#host.replace(/^\[|\]$/g, '');
		const toPhp = new WritableStream<Uint8Array>({
			write: this.#send,
			close: () => {
				if (!this.#isOver) this.#events.ended();
			},
		});
		try {
			const end = await this.#settings.tls.accept(host, toPhp, {
				bytes: (bytes) => (bytes === undefined ? this.#source.end() : this.#source.push(bytes)),
				failed: (error) => this.#fail(`TLS failed: ${error instanceof Error ? error.message : String(error)}`),
			});
			this.#encrypted = end;
			for (const bytes of early) end.push(bytes);
			await this.#serve('https', end.send, end.end);
		} catch (error) {
			this.#fail(`TLS failed: ${String(error)}`);
		}
	}

	/** Answers one request after the other. */
	async #serve(scheme: 'http' | 'https', send: Send, end: () => Promise<void>): Promise<void> {
		const origin: Origin = {
			url: `${scheme}://${this.#host}:${this.#target.port}`,
			followsRedirects: this.#settings.followsRedirects,
			log: this.#settings.log,
			signal: this.#given.signal,
		};
		try {
			for (;;) {
				const request = await readHead(this.#source);
				if (request === undefined) break;
				if (request.expectsContinue) await send(CONTINUE);
				await answerByFetch(origin, request, await readBody(this.#source, request), send);
				if (request.closes || !request.modern) break;
			}
			if (!this.#isOver) await end();
		} catch (error) {
			if (error instanceof NotHttpError) this.#fail(error.message);
			else this.#fail(`the answer broke off (${error instanceof Error ? error.message : String(error)})`);
		}
	}

	/** Gives PHP bytes, as soon as it takes some. */
	readonly #send: Send = async (bytes) => {
		while (this.#paused !== undefined) await this.#paused.promise;
		if (this.#isOver) return;
		if (!this.#events.data(bytes)) this.#paused = Promise.withResolvers();
	};

	get #isOver(): boolean {
		return this.#given.signal.aborted;
	}

	#fail(why: string): void {
		if (this.#isOver) return;
		this.close();
		this.#settings.log(
			`The connection to ${this.#host}:${this.#target.port} was ended: ${why}. A browser has no TCP, only HTTP requests by fetch().`,
		);
		this.#events.failed('ECONNRESET');
	}
}
