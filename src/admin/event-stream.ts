import type { SidekickEvent } from '../sidekicks/events.ts';
import type { TextStream } from './messages.ts';

/** What happens to scopes: as sidekicks, they come and go with the configuration. */
export type ScopeEvent = { type: 'scope-started' | 'scope-ended' };

/** How many events a client that comes back may have missed. */
const REMEMBERED = 1000;
/** Milliseconds after which a client is to come back. */
const RETRY = 1000;

/** Everything that happens, as server-sent events. */
export class EventStream {
	/** Of this process: numbers of another one mean other events. */
	readonly #series = Date.now().toString(36);
	readonly #recent: string[] = [];
	readonly #writers = new Set<(text: string) => void>();
	#last = 0;

	/** How many clients listen. */
	get listeners(): number {
		return this.#writers.size;
	}

	/** Sends an event to every client. */
	publish(scope: string, event: SidekickEvent | ScopeEvent): void {
		const { type, ...details } = event;
		const data = JSON.stringify({ time: new Date().toISOString(), scope, type, ...details });
		const text = `id: ${this.#series}-${++this.#last}\nevent: ${type}\ndata: ${data}\n\n`;
		this.#recent.push(text);
		if (this.#recent.length > REMEMBERED) this.#recent.shift();
		for (const write of [...this.#writers]) write(text);
	}

	/**
	 * The stream for one client: from now on, or from the event after the one that it saw last.
	 *
	 * @param lastId its header `Last-Event-ID`
	 */
	follow(lastId: string | undefined): TextStream {
		return {
			open: (write) => {
				write(`retry: ${RETRY}\n\n${this.#since(lastId)}`);
				this.#writers.add(write);
				return () => this.#writers.delete(write);
			},
		};
	}

	#since(lastId: string | undefined): string {
		if (lastId === undefined) return '';
		const [, series, number] = /^(\w+)-(\d{1,15})$/.exec(lastId) ?? [];
		// Seen in another process: then all of this one's are new.
		const missed = series === this.#series ? Math.max(0, this.#last - Number(number)) : this.#recent.length;
		return missed === 0 ? '' : this.#recent.slice(-missed).join('');
	}
}
