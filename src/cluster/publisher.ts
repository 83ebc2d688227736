import type { Clock } from '../sidekicks/ports.ts';
import { RefusedError, type StoredSnapshot } from './engine.ts';
import { decodeRecord, encodeRecord } from './snapshot-record.ts';

/** Pause after a call that the engine did not answer, or refused because it had read something old, milliseconds. */
const PAUSE = 100;

/** What a holder's publications need. */
export interface PublisherPorts {
	readonly clock: Clock;
	/** The lease that all this is about is held, by the clock. */
	isHeld(): boolean;
	/** The same, asked at the engine. */
	confirm(): Promise<boolean>;
	read(): Promise<StoredSnapshot | undefined>;
	write(bytes: Uint8Array, revision: number): Promise<number>;
	/** Another holder has shut this one out. */
	shutOut(): void;
}

/**
 * Publishes for one term of a lease. First it writes the snapshot that is there once more, as its own: from then on the
 * compare-and-set of every holder before is refused. While one is on its way, only the latest of the next ones is kept.
 */
export class Publisher {
	readonly #term: number;
	readonly #holder: string;
	readonly #ports: PublisherPorts;
	/** Of what it wrote last; undefined = nothing yet. */
	#revision: number | undefined;
	#next: Uint8Array | undefined;
	#busy: Promise<void> | undefined;
	#stopped = false;

	constructor(term: number, holder: string, ports: PublisherPorts) {
		this.#term = term;
		this.#holder = holder;
		this.#ports = ports;
		this.#pump();
	}

	/** Publishes these encoded variables, unless others come before they are sent. */
	offer(variables: Uint8Array): void {
		this.#next = variables;
		this.#pump();
	}

	/** Sends nothing more. */
	stop(): void {
		this.#stopped = true;
	}

	/** Resolves when everything offered has been accepted or refused. */
	async idle(): Promise<void> {
		while (this.#busy !== undefined) await this.#busy;
	}

	#pump(): void {
		if (this.#busy !== undefined) return;
		this.#busy = this.#work().finally(() => {
			this.#busy = undefined;
			if (this.#hasWork) this.#pump();
		});
	}

	get #hasWork(): boolean {
		return !this.#stopped && (this.#revision === undefined || this.#next !== undefined) && this.#ports.isHeld();
	}

	async #work(): Promise<void> {
		while (this.#hasWork) {
			try {
				if (this.#revision === undefined) await this.#fence();
				else await this.#publish(this.#revision);
			} catch {
				await new Promise<void>((resolve) => this.#ports.clock.after(PAUSE, resolve));
			}
		}
	}

	async #fence(): Promise<void> {
		const stored = await this.#ports.read();
		const record = stored && decodeRecord(stored.bytes);
		if (record !== undefined && record.term > this.#term) {
			this.#shutOut();
			return;
		}
		// After the read: who has taken the lease before this moment, and written, is seen or makes the next line fail.
		if (!(await this.#ports.confirm()) || this.#stopped) return;
		this.#revision = await this.#write(record?.variables, stored?.revision ?? 0);
		if (this.#revision === undefined) throw new RefusedError('what was read is not the latest any longer');
	}

	async #publish(before: number): Promise<void> {
		const variables = this.#next as Uint8Array;
		this.#next = undefined;
		try {
			const revision = await this.#write(variables, before);
			if (revision !== undefined) {
				this.#revision = revision;
				return;
			}
		} catch (error) {
			this.#next ??= variables;
			throw error;
		}
		this.#next ??= variables;
		await this.#findOut();
	}

	/** Refused: by the next holder, or because of a write before that got no answer. */
	async #findOut(): Promise<void> {
		const stored = await this.#ports.read();
		if (stored === undefined) {
			this.#revision = 0;
			return;
		}
		if (decodeRecord(stored.bytes)?.term === this.#term) {
			this.#revision = stored.revision;
			return;
		}
		this.#shutOut();
	}

	#shutOut(): void {
		this.#stopped = true;
		this.#ports.shutOut();
	}

	/** Undefined = refused. */
	async #write(variables: Uint8Array | undefined, before: number): Promise<number | undefined> {
		if (this.#stopped || !this.#ports.isHeld()) return undefined;
		const record = encodeRecord({ term: this.#term, holder: this.#holder, variables });
		try {
			return await this.#ports.write(record, before);
		} catch (error) {
			if (error instanceof RefusedError) return undefined;
			throw error;
		}
	}
}
