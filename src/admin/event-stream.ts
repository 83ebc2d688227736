import type { TaskOutcome } from '../shared-memory/task-counters.ts';
import type { SidekickEvent } from '../sidekicks/sidekick-event.ts';
import type { TextStream } from './admin-messages.ts';

/** What happens to scopes: like sidekicks, they come and go with the configuration. */
export type ScopeEvent = { type: 'scope-started' | 'scope-ended' };

/**
 * The tasks of a sidekick or background worker, since it was started: told when the numbers have changed, about once a
 * second, because there may be thousands meanwhile. `waiting` = not picked up yet; `busy` = threads that hold one.
 */
export type TasksEvent = { type: 'tasks'; name: string; waiting: number; busy: number } & Record<TaskOutcome, number>;

/** What is told. */
export type AdminEvent = SidekickEvent | ScopeEvent | TasksEvent;

/** How much a returning client may have missed: events, and characters in all of them. */
const REMEMBERED = { events: 1000, characters: 256 * 1024 };
/** Characters of one text: an exception's message may be as long as PHP's memory. */
const LONGEST_TEXT = 8 * 1024;
/** Milliseconds after which a client should reconnect. */
const RETRY = 1000;

/** Everything that happens, as server-sent events. */
export class EventStream {
	/** Of this process: in another one, the same numbers mean other events. */
	readonly #series = Date.now().toString(36);
	readonly #recent: string[] = [];
	readonly #writers = new Set<(text: string) => void>();
	#characters = 0;
	#last = 0;

	/** How many clients listen. */
	get listeners(): number {
		return this.#writers.size;
	}

	/** Sends an event to every client. */
	publish(scope: string, event: AdminEvent): void {
		const { type, ...details } = event;
		const data = JSON.stringify({ time: new Date().toISOString(), scope, type, ...details }, cutText);
		const text = `id: ${this.#series}-${++this.#last}\nevent: ${type}\ndata: ${data}\n\n`;
		this.#remember(text);
		for (const write of [...this.#writers]) write(text);
	}

	/**
	 * The stream for one client: from now on, or from the event after the last one that it saw.
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

	#remember(text: string): void {
		this.#recent.push(text);
		this.#characters += text.length;
		while (this.#recent.length > REMEMBERED.events || this.#characters > REMEMBERED.characters) {
			this.#characters -= this.#recent.shift()?.length ?? 0;
		}
	}

	#since(lastId: string | undefined): string {
		if (lastId === undefined) return '';
		const [, series, number] = /^(\w+)-(\d{1,15})$/.exec(lastId) ?? [];
		// From another process: all events of this one are new.
		const missed = series === this.#series ? Math.max(0, this.#last - Number(number)) : this.#recent.length;
		return missed === 0 ? '' : this.#recent.slice(-missed).join('');
	}
}

function cutText(_key: string, value: unknown): unknown {
	return typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
}
