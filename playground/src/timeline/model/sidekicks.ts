import type { SidekickEvent } from '../../../../src/sidekicks/sidekick-event.ts';
import type { Lanes } from './lanes.ts';
import type { Incident, IncidentKind, Lane, Phase, PhaseState, Publication } from './records.ts';

/** The lanes of sidekicks: one per name, over all runs and threads, so that a back-off has its place, too. */
export class Sidekicks {
	readonly #lanes: Lanes;
	readonly #byName = new Map<string, Lane>();

	constructor(lanes: Lanes) {
		this.#lanes = lanes;
	}

	/** The lane of a sidekick; undefined = nothing was heard of it. */
	find(name: string): Lane | undefined {
		return this.#byName.get(name);
	}

	/** The lane of a sidekick, made if need be. */
	lane(name: string): Lane {
		const known = this.#byName.get(name);
		if (known !== undefined && this.#lanes.has(known)) return known;
		const lane = this.#lanes.add('sidekick', 'sidekick', name, undefined);
		this.#byName.set(name, lane);
		return lane;
	}

	/** Forgets lanes that have been removed. */
	forget(lane: Lane): void {
		if (this.#byName.get(lane.label) === lane) this.#byName.delete(lane.label);
	}

	published(at: number, thread: number, name: string, version: number, first: boolean): Publication {
		const lane = this.lane(name);
		lane.thread = thread;
		const mark: Publication = {
			kind: 'publication',
			lane,
			start: at,
			end: at,
			thread,
			name,
			version,
			first,
			links: [],
		};
		const evicted = lane.marks.add(mark);
		// Publications and requests hold each other: one that is forgotten must not keep the others.
		if (evicted?.kind === 'publication') evicted.links.length = 0;
		return mark;
	}

	/** Something in a sidekick's life. */
	event(at: number, thread: number | undefined, event: SidekickEvent): Lane {
		const lane = this.lane(event.name);
		if (thread !== undefined) lane.thread = thread;
		switch (event.type) {
			case 'starting':
				lane.endedAt = undefined;
				this.#phase(lane, 'starting', at, { attempt: event.attempt, thread });
				break;
			case 'ready':
				this.#phase(lane, 'ready', at, { attempt: event.attempt });
				break;
			case 'stopping':
				if (openPhase(lane)?.state !== 'stopping') this.#phase(lane, 'stopping', at, { cause: event.cause });
				break;
			case 'backing-off':
				lane.thread = undefined;
				this.#phase(lane, 'backoff', at, { delay: event.delay, failures: event.failures, thread: undefined });
				break;
			case 'failed':
				lane.thread = undefined;
				addIncident(lane, 'failed', at, thread, event.reason);
				this.#phase(lane, 'failed', at, { failures: event.failures, reason: event.reason, thread: undefined });
				break;
			case 'crashed':
				this.#endRun(lane, 'crashed', at, thread, event.reason);
				break;
			case 'exited':
				this.#endRun(lane, 'exited', at, thread, '');
				break;
			case 'stopped':
				this.#endRun(lane, 'stopped', at, thread, '');
				lane.endedAt = at;
				break;
			case 'ignored-stop':
				addIncident(lane, 'ignored-stop', at, thread, `It did not end within ${event.stopTimeout} ms.`);
				break;
			case 'abandoned':
				addIncident(lane, 'abandoned', at, thread, '');
				break;
		}
		return lane;
	}

	#endRun(lane: Lane, what: IncidentKind, at: number, thread: number | undefined, text: string): void {
		closePhase(lane, at);
		addIncident(lane, what, at, thread ?? lane.thread, text);
		lane.thread = undefined;
	}

	#phase(lane: Lane, state: PhaseState, at: number, more: Partial<Phase>): void {
		// What the new phase does not tell it has from the one before.
		const before = lane.phases.last;
		closePhase(lane, at);
		lane.phases.add({
			kind: 'phase',
			lane,
			state,
			start: at,
			end: Infinity,
			thread: lane.thread,
			attempt: state === 'failed' ? 0 : (before?.attempt ?? 0),
			failures: 0,
			delay: 0,
			cause: undefined,
			reason: '',
			...more,
		});
	}
}

/** The state that lasts. */
export function openPhase(lane: Lane): Phase | undefined {
	const last = lane.phases.last;
	return last?.end === Infinity ? last : undefined;
}

/** Ends the state that lasts. */
export function closePhase(lane: Lane, at: number): void {
	const open = openPhase(lane);
	if (open !== undefined) open.end = Math.max(at, open.start);
}

/** Puts a mark on a lane. */
export function addIncident(
	lane: Lane,
	what: IncidentKind,
	at: number,
	thread: number | undefined,
	text: string,
): Incident {
	const incident: Incident = { kind: 'incident', lane, start: at, end: at, what, thread, text };
	lane.marks.add(incident);
	return incident;
}
