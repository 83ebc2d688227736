import type { TraceRole } from '../../../../src/trace/trace-events.ts';
import { Counter } from './counter.ts';
import type { Lanes } from './lanes.ts';
import type { Lane, RequestSpan, Wait } from './records.ts';
import { addIncident, closePhase, openPhase, type Sidekicks } from './sidekicks.ts';

type Thread = { role: TraceRole | 'unknown'; lane: Lane | undefined };

/** How many threads that have ended are remembered, for what they said last. */
const ENDED_THREADS = 256;

/** Which thread is on which lane, and what it does there. */
export class Threads {
	/** Threads that wait for a task. */
	readonly spare = new Counter();
	readonly #lanes: Lanes;
	readonly #sidekicks: Sidekicks;
	readonly #byId = new Map<number, Thread>();

	constructor(lanes: Lanes, sidekicks: Sidekicks) {
		this.#lanes = lanes;
		this.#sidekicks = sidekicks;
	}

	/** A thread has come, has gone, or has another role. */
	role(at: number, id: number, role: TraceRole, label: string): void {
		const thread = this.#byId.get(id) ?? { role: 'unknown', lane: undefined };
		if (!this.#byId.has(id)) this.#byId.set(id, thread);
		if ((thread.role === 'spare') !== (role === 'spare')) this.spare.change(at, role === 'spare' ? 1 : -1);
		const before = thread.lane;
		if (role === 'worker' || role === 'classic') {
			if (before?.group === 'thread' && before.thread === id && (thread.role === role || thread.role === 'unknown')) {
				this.#lanes.rename(before, role, label);
			} else {
				if (before !== undefined) this.#leave(at, id, before);
				thread.lane = this.#enter(at, id, role, label);
			}
		} else {
			if (before !== undefined) this.#leave(at, id, before);
			// What an ended thread said last may come after its end: it keeps its lane for that.
			if (role === 'sidekick') thread.lane = this.#asSidekick(id, label);
			else if (role !== 'ended') thread.lane = undefined;
		}
		thread.role = role;
		if (role === 'ended') this.#forgetOldEnded();
	}

	/** The lane of a thread; made if nothing was heard of it yet. */
	lane(at: number, id: number): Lane {
		const thread = this.#byId.get(id);
		if (thread?.lane !== undefined) return thread.lane;
		const lane = this.#enter(at, id, 'unknown', `thread ${id}`);
		if (thread === undefined) this.#byId.set(id, { role: 'unknown', lane });
		else thread.lane = lane;
		return lane;
	}

	/** A sidekick has said on which thread it runs. */
	runs(id: number, lane: Lane): void {
		const thread = this.#byId.get(id);
		if (thread === undefined) this.#byId.set(id, { role: 'sidekick', lane });
		else if (thread.role !== 'ended') thread.lane = lane;
	}

	/** Forgets lanes that have been removed. */
	forget(lane: Lane): void {
		for (const [id, thread] of this.#byId) {
			if (thread.lane !== lane) continue;
			if (thread.role === 'ended' || thread.role === 'unknown') this.#byId.delete(id);
			else thread.lane = undefined;
		}
	}

	requestBegan(at: number, id: number, request: RequestSpan): void {
		const lane = this.lane(at, id);
		closeRequest(lane, id, at, true);
		request.thread = id;
		request.lane = lane;
		request.end = this.#byId.get(id)?.role === 'ended' ? (lane.endedAt ?? at) : Infinity;
		const evicted = lane.requests.add(request);
		if (evicted !== undefined) {
			evicted.links.length = 0;
			evicted.waits.length = 0;
			evicted.tasks.length = 0;
		}
	}

	requestEnded(at: number, request: RequestSpan): void {
		if (Number.isNaN(request.start)) return;
		request.end = Math.max(at, request.start);
		request.cut = false;
	}

	waitBegan(at: number, id: number, request: RequestSpan | undefined, names: readonly string[]): Wait {
		const lane = this.lane(at, id);
		closeWait(lane, id, at);
		const wait: Wait = {
			kind: 'wait',
			lane,
			start: at,
			end: Infinity,
			thread: id,
			names,
			request,
			ok: undefined,
			link: undefined,
		};
		lane.waits.add(wait);
		request?.waits.push(wait);
		return wait;
	}

	/** Undefined = its beginning is not known. */
	waitEnded(at: number, id: number, ok: boolean): Wait | undefined {
		const { waits } = this.lane(at, id);
		for (let i = waits.length - 1; i >= Math.max(0, waits.length - 4); i--) {
			const wait = waits.at(i);
			if (wait === undefined || wait.thread !== id || wait.ok !== undefined) continue;
			wait.end = Math.max(at, wait.start);
			wait.ok = ok;
			return wait;
		}
		return undefined;
	}

	#enter(at: number, id: number, role: Lane['role'], label: string): Lane {
		const vacant = role === 'unknown' ? undefined : this.#lanes.vacant(role, label);
		const lane = vacant ?? this.#lanes.add('thread', role, label, id);
		if (vacant !== undefined) addIncident(lane, 'replaced', at, id, `Thread ${id} goes on for thread ${lane.thread}.`);
		lane.thread = id;
		lane.endedAt = undefined;
		lane.phases.add({
			kind: 'phase',
			lane,
			state: 'alive',
			start: at,
			end: Infinity,
			thread: id,
			attempt: 0,
			failures: 0,
			delay: 0,
			cause: undefined,
			reason: '',
		});
		return lane;
	}

	/** The thread is gone, or does something else: what was open there ends. */
	#leave(at: number, id: number, lane: Lane): void {
		closeWait(lane, id, at);
		if (lane.group === 'sidekick' || lane.thread !== id) return;
		const cut = closeRequest(lane, id, at, true);
		if (cut) addIncident(lane, 'lost', at, id, 'The thread ended in the middle of a request.');
		if (openPhase(lane)?.thread === id) closePhase(lane, at);
		lane.endedAt = at;
	}

	#asSidekick(id: number, label: string): Lane {
		const lane = this.#sidekicks.lane(label.replace(/^(sidekick|background) /, ''));
		lane.thread = id;
		return lane;
	}

	#forgetOldEnded(): void {
		let ended = 0;
		for (const thread of this.#byId.values()) if (thread.role === 'ended') ended++;
		for (const [id, thread] of this.#byId) {
			if (ended <= ENDED_THREADS) return;
			if (thread.role !== 'ended') continue;
			this.#byId.delete(id);
			ended--;
		}
	}
}

/** Ends the request that lasts on a lane; true = there was one. */
function closeRequest(lane: Lane, thread: number, at: number, cut: boolean): boolean {
	const last = lane.requests.last;
	if (last?.end !== Infinity || last.thread !== thread) return false;
	last.end = Math.max(at, last.start);
	last.cut = cut;
	return true;
}

function closeWait(lane: Lane, thread: number, at: number): void {
	const last = lane.waits.last;
	if (last?.end === Infinity && last.thread === thread) last.end = Math.max(at, last.start);
}
