import type { TraceEvent } from '../../src/trace/trace-events.ts';
import { eventually } from '../support/eventually.ts';

type Type = TraceEvent['type'];
type Of<T extends Type> = Extract<TraceEvent, { type: T }>;

/** Keeps what a trace tells, and checks of each event that it is not earlier than the one before. */
export class Recorder {
	readonly events: TraceEvent[] = [];
	readonly batches: number[] = [];
	readonly backwards: string[] = [];

	readonly onTrace = (events: readonly TraceEvent[]): void => {
		this.batches.push(events.length);
		for (const event of events) {
			const last = this.events.at(-1);
			if (last !== undefined && event.at < last.at)
				this.backwards.push(`${last.type} ${last.at}, ${event.type} ${event.at}`);
			this.events.push(event);
		}
	};

	/** All events of a type, those only that fit. */
	all<T extends Type>(type: T, fits: Partial<Of<T>> = {}): Of<T>[] {
		return this.events.filter((event): event is Of<T> => {
			if (event.type !== type) return false;
			return Object.entries(fits).every(([key, value]) => event[key as keyof TraceEvent] === value);
		});
	}

	/** Waits until there are so many of them; gives the last of these. */
	async until<T extends Type>(type: T, fits: Partial<Of<T>> = {}, count = 1): Promise<Of<T>> {
		return eventually(`event ${type} ${JSON.stringify(fits)} no. ${count}`, () => this.all(type, fits)[count - 1]);
	}

	/** The threads that have begun a request. */
	servingThreads(): Set<number> {
		return new Set(this.all('requestBegan').map(({ thread }) => thread));
	}

	/** Of a sidekick's life. */
	sidekick(name: string): Of<'sidekick'>[] {
		return this.all('sidekick').filter(({ event }) => event.name === name);
	}

	/** The events in the order in which they were told, as short texts; each must be there once. */
	order(...events: readonly TraceEvent[]): string[] {
		return [...events].sort((a, b) => this.events.indexOf(a) - this.events.indexOf(b)).map(({ type }) => type);
	}
}
