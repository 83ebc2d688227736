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
}

/**
 * Publishes for one term of a lease. First it writes the snapshot that is there once more, as its own: from then on the
 * compare-and-set of every holder before is refused. It does so again whenever its own was refused: by the next holder,
 * because of a write before that got no answer, or because the engine has lost what was there. While one is on its way,
 * only the latest of the next ones is kept.
 */
export class Publisher {
	readonly #term: number;
	readonly #holder: string;
	readonly #ports: PublisherPorts;
	/** Of what it wrote last; undefined = what is there has to be written once more. */
	#revision: number | undefined;
	/** What was accepted last. */
	#last: Uint8Array | undefined;
	/** How often the engine has lost what was there. */
	#losses = 0;
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

	/** The engine has lost what was there. */
	anew(): void {
		this.#losses++;
		this.#revision = undefined;
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
		// After the read: who takes the lease later, and writes, makes the write fail.
		if (!(await this.#ports.confirm())) throw new Error('nobody knows whether the lease is held');
		const record = stored && decodeRecord(stored.bytes);
		const variables = record === undefined ? this.#last : record.variables;
		if (!(await this.#write(variables, stored?.revision ?? 0))) {
			throw new RefusedError('what was read is not the latest any longer');
		}
	}

	async #publish(before: number): Promise<void> {
		const variables = this.#next as Uint8Array;
		this.#next = undefined;
		try {
			if (await this.#write(variables, before)) return;
			this.#revision = undefined;
		} catch (error) {
			this.#next ??= variables;
			throw error;
		}
		this.#next ??= variables;
	}

	/** False = refused. */
	async #write(variables: Uint8Array | undefined, before: number): Promise<boolean> {
		if (this.#stopped || !this.#ports.isHeld()) return false;
		const losses = this.#losses;
		const record = encodeRecord({ term: this.#term, holder: this.#holder, variables });
		try {
			const revision = await this.#ports.write(record, before);
			this.#last = variables;
			// What it was accepted into may be lost before the answer is here.
			if (losses === this.#losses) this.#revision = revision;
			return true;
		} catch (error) {
			if (error instanceof RefusedError) return false;
			throw error;
		}
	}
}
