import { signal } from '@preact/signals';
import type { TraceEvent } from '../../../src/browser.ts';

/** A request that a thread serves now. */
export type RunningRequest = {
	readonly request: number;
	readonly thread: number;
	/** `GET /path`. */
	readonly label: string;
	/** Milliseconds since 1970. */
	readonly since: number;
	/** It blocks in `get_vars()`, which has a limit of its own. */
	readonly waiting: boolean;
	/** For these sidekicks. */
	readonly waitsFor: readonly string[];
};

/** Requests that are never answered must not pile up. */
const MOST_LABELS = 2000;

/** Follows the trace: which thread does what. */
export class RequestTracker {
	readonly #labels = new Map<number, string>();
	readonly #running = new Map<number, RunningRequest>();

	/** By thread. */
	get running(): ReadonlyMap<number, RunningRequest> {
		return this.#running;
	}

	/** Takes the next events. */
	follow(events: readonly TraceEvent[]): void {
		for (const event of events) this.#one(event);
	}

	clear(): void {
		this.#labels.clear();
		this.#running.clear();
	}

	#one(event: TraceEvent): void {
		switch (event.type) {
			case 'submitted':
				if (this.#labels.size >= MOST_LABELS) this.#labels.delete(this.#labels.keys().next().value ?? 0);
				this.#labels.set(event.request, `${event.method} ${event.url}`);
				break;
			case 'answered':
				this.#labels.delete(event.request);
				break;
			case 'requestBegan': {
				const { request, thread, at } = event;
				const label = this.#labels.get(request) ?? `request ${request}`;
				this.#running.set(thread, { request, thread, label, since: at, waiting: false, waitsFor: [] });
				break;
			}
			case 'requestEnded':
				this.#running.delete(event.thread);
				break;
			case 'thread':
				if (event.role === 'ended') this.#running.delete(event.thread);
				break;
			case 'waitBegan':
				this.#setWaiting(event.thread, event.names);
				break;
			case 'waitEnded':
				this.#setWaiting(event.thread, undefined);
				break;
		}
	}

	#setWaiting(thread: number, names: readonly string[] | undefined): void {
		const running = this.#running.get(thread);
		if (running !== undefined) {
			this.#running.set(thread, { ...running, waiting: names !== undefined, waitsFor: names ?? [] });
		}
	}
}

/** When a request counts as stuck, milliseconds. */
export const LOOKS_STUCK = 3000;

/** What every thread does, as of the last state that the host reported; by thread. */
export const runningRequests = signal<ReadonlyMap<number, RunningRequest>>(new Map());

/** Those that look stuck at `now`, longest first. */
export function stuckRequests(running: ReadonlyMap<number, RunningRequest>, now: number): RunningRequest[] {
	const stuck = [...running.values()].filter(({ since, waiting }) => !waiting && now - since >= LOOKS_STUCK);
	return stuck.sort((a, b) => a.since - b.since);
}
