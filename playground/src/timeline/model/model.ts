import type { TraceEvent } from '../../../../src/trace/trace-events.ts';
import { Lanes } from './lanes.ts';
import { Links } from './links.ts';
import type { Lane } from './records.ts';
import { Requests } from './requests.ts';
import { Sidekicks } from './sidekicks.ts';
import { Tasks } from './tasks.ts';
import { Threads } from './threads.ts';

/**
 * What has happened lately, made from the events of the trace; nothing in here knows how it is drawn. Memory is
 * bounded: see `LIMITS`. Batches may come in any order of threads, as long as each thread tells its own story in order.
 */
export class TimelineModel {
	#lanes = new Lanes();
	#requests = new Requests();
	#sidekicks = new Sidekicks(this.#lanes);
	#threads = new Threads(this.#lanes, this.#sidekicks);
	#links = new Links();
	#tasks = new Tasks();
	#origin = Number.NaN;
	#newest = Number.NaN;
	#revision = 0;
	#lanesRevision = 0;
	#hasQueue = false;
	readonly #listeners = new Set<() => void>();

	get lanes(): readonly Lane[] {
		return this.#lanes.all;
	}

	/** All links, by the moment of reading. */
	get links(): Links['all'] {
		return this.#links.all;
	}

	/** All tasks, by the moment of sending. */
	get tasks(): Tasks['all'] {
		return this.#tasks.all;
	}

	/** How many requests wait for a thread. */
	get queue(): Requests['queue'] {
		return this.#requests.queue;
	}

	/** Whether that is worth showing. As of the last `tidy()`. */
	get hasQueue(): boolean {
		return this.#hasQueue;
	}

	/** How many threads are spare. */
	get spare(): Threads['spare'] {
		return this.#threads.spare;
	}

	/** The moment of the first event; NaN = there was none. */
	get origin(): number {
		return this.#origin;
	}

	/** The moment of the latest event; NaN = there was none. */
	get newest(): number {
		return this.#newest;
	}

	/** Grows with each change. */
	get revision(): number {
		return this.#revision;
	}

	/** Grows whenever lanes come, go or change their labels. */
	get lanesRevision(): number {
		return this.#lanesRevision + this.#lanes.revision;
	}

	/** Takes a batch of events. */
	push(events: readonly TraceEvent[]): void {
		if (events.length === 0) return;
		for (const event of inOrder(events)) {
			if (!(event.at <= this.#newest)) this.#newest = event.at;
			if (!(event.at >= this.#origin)) this.#origin = event.at;
			this.#take(event);
		}
		this.#changed();
	}

	/** Forgets everything: another app runs from now on. */
	reset(): void {
		this.#lanesRevision += this.#lanes.revision + 1;
		this.#lanes = new Lanes();
		this.#requests = new Requests();
		this.#sidekicks = new Sidekicks(this.#lanes);
		this.#threads = new Threads(this.#lanes, this.#sidekicks);
		this.#links = new Links();
		this.#tasks = new Tasks();
		this.#origin = Number.NaN;
		this.#newest = Number.NaN;
		this.#changed();
	}

	/** Removes what need not be shown any more at `now`: the lanes of threads and sidekicks that ended some time ago. */
	tidy(now: number): void {
		const hasQueue = this.#requests.hasQueue(now);
		if (hasQueue !== this.#hasQueue) this.#lanesRevision++;
		this.#hasQueue = hasQueue;
		for (const lane of this.#lanes.tidy(now)) {
			this.#sidekicks.forget(lane);
			this.#threads.forget(lane);
			this.#revision++;
		}
	}

	/** Calls `listener` after each change; returns what ends that. */
	subscribe(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#changed(): void {
		this.#revision++;
		for (const listener of this.#listeners) listener();
	}

	#take(event: TraceEvent): void {
		switch (event.type) {
			case 'thread':
				this.#threads.role(event.at, event.thread, event.role, event.label);
				if (event.role === 'ended') this.#tasks.lost(event.at, event.thread);
				break;
			case 'submitted':
				this.#requests.submitted(event.at, event.request, event.method, event.url);
				break;
			case 'requestBegan':
				this.#threads.requestBegan(event.at, event.thread, this.#requests.began(event.at, event.request));
				break;
			case 'requestEnded': {
				const request = this.#requests.get(event.request);
				if (request !== undefined) this.#threads.requestEnded(event.at, request);
				break;
			}
			case 'answered':
				this.#requests.answered(event.at, event.request, event.status);
				break;
			case 'waitBegan':
				this.#threads.waitBegan(event.at, event.thread, this.#requests.get(event.request), event.names);
				break;
			case 'waitEnded': {
				const wait = this.#threads.waitEnded(event.at, event.thread, event.ok);
				if (wait === undefined || !event.ok) break;
				const lanes = wait.names.map((name) => this.#sidekicks.find(name)).filter((lane) => lane !== undefined);
				this.#links.woken(wait, lanes);
				break;
			}
			case 'seen':
				this.#links.seen(
					{
						at: event.at,
						lane: this.#threads.lane(event.at, event.thread),
						thread: event.thread,
						request: this.#requests.get(event.request),
						name: event.name,
						version: event.version,
					},
					this.#sidekicks.find(event.name),
				);
				break;
			case 'published': {
				const publication = this.#sidekicks.published(event.at, event.thread, event.name, event.version, event.first);
				this.#threads.runs(event.thread, publication.lane);
				this.#links.published(publication);
				break;
			}
			case 'taskSent':
				this.#tasks.sent(
					event.at,
					event.task,
					event.thread,
					this.#threads.lane(event.at, event.thread),
					this.#sidekicks.lane(event.name),
					this.#requests.get(event.request),
				);
				break;
			case 'taskReceived':
				this.#tasks.received(event.at, event.task, event.thread, this.#sidekicks.lane(event.name));
				break;
			case 'taskEnded':
				this.#tasks.ended(event.at, event.task, event.outcome);
				break;
			case 'sidekick': {
				const lane = this.#sidekicks.event(event.at, event.thread, event.event);
				if (event.thread !== undefined && lane.thread === event.thread) this.#threads.runs(event.thread, lane);
				break;
			}
		}
	}
}

/** The events by time; those of one moment stay as they are. */
function inOrder(events: readonly TraceEvent[]): readonly TraceEvent[] {
	for (let i = 1; i < events.length; i++) {
		const before = events[i - 1];
		const event = events[i];
		if (before !== undefined && event !== undefined && event.at < before.at) {
			return events.toSorted((a, b) => a.at - b.at);
		}
	}
	return events;
}
