import { TimelineModel } from '../../../../playground/src/timeline/model/model.ts';
import type { Lane, Publication, RequestSpan } from '../../../../playground/src/timeline/model/records.ts';
import type { Ring } from '../../../../playground/src/timeline/model/ring.ts';
import type { SidekickEvent, TraceEvent } from '../../../../src/browser.ts';

/** When the stories begin; their times count from here, in milliseconds. */
export const START = 1_800_000_000_000;

export const worker = (at: number, thread: number): TraceEvent => ({
	type: 'thread',
	at: START + at,
	thread,
	role: 'worker',
	label: '/app/public/index.php',
});
export const spare = (at: number, thread: number): TraceEvent => ({
	type: 'thread',
	at: START + at,
	thread,
	role: 'spare',
	label: 'spare',
});
export const ended = (at: number, thread: number): TraceEvent => ({
	type: 'thread',
	at: START + at,
	thread,
	role: 'ended',
	label: 'ended',
});
export const submitted = (at: number, request: number, url = '/'): TraceEvent => ({
	type: 'submitted',
	at: START + at,
	request,
	method: 'GET',
	url,
});
export const began = (at: number, thread: number, request: number): TraceEvent => ({
	type: 'requestBegan',
	at: START + at,
	thread,
	request,
});
export const done = (at: number, thread: number, request: number): TraceEvent => ({
	type: 'requestEnded',
	at: START + at,
	thread,
	request,
});
export const answered = (at: number, request: number, status = 200): TraceEvent => ({
	type: 'answered',
	at: START + at,
	request,
	status,
});
export const blocks = (at: number, thread: number, request: number, ...names: string[]): TraceEvent => ({
	type: 'waitBegan',
	at: START + at,
	thread,
	request,
	names,
});
export const goesOn = (at: number, thread: number, request: number, ok = true): TraceEvent => ({
	type: 'waitEnded',
	at: START + at,
	thread,
	request,
	ok,
});
export const seen = (at: number, thread: number, request: number, name: string, version: number): TraceEvent => ({
	type: 'seen',
	at: START + at,
	thread,
	request,
	name,
	version,
});
export const published = (at: number, thread: number, name: string, version: number): TraceEvent => ({
	type: 'published',
	at: START + at,
	thread,
	name,
	version,
	first: version === 1,
});
export const sidekick = (at: number, event: SidekickEvent, thread?: number): TraceEvent => ({
	type: 'sidekick',
	at: START + at,
	thread,
	event,
});

/** A model that was told these events, each group as a batch of its own. */
export function told(...batches: TraceEvent[][]): TimelineModel {
	const model = new TimelineModel();
	for (const batch of batches) model.push(batch);
	return model;
}

/** The lane with that label; fails when there is none. */
export function laneOf(model: TimelineModel, label: string): Lane {
	const lane = model.lanes.find((one) => one.label === label);
	if (lane === undefined) throw new Error(`There is no lane ${label}: ${model.lanes.map((one) => one.label)}`);
	return lane;
}

/** The lane that stands for a thread; fails when there is none. */
export function laneOfThread(model: TimelineModel, thread: number): Lane {
	const lane = model.lanes.find((one) => one.thread === thread && one.group === 'thread');
	if (lane === undefined) throw new Error(`Thread ${thread} has no lane`);
	return lane;
}

export function all<T extends { readonly start: number }>(ring: Ring<T>): T[] {
	return Array.from({ length: ring.length }, (_, index) => ring.at(index) as T);
}

/** Spans as `kind from-to`, in milliseconds of the story; `…` = not ended. */
export function spans(ring: Ring<{ readonly start: number; end: number; state?: string; kind: string }>): string[] {
	return all(ring).map(({ start, end, state, kind }) => {
		const until = end === Infinity ? '…' : Math.round(end - START);
		return `${state ?? kind} ${Math.round(start - START)}-${until}`;
	});
}

export function publications(lane: Lane): Publication[] {
	return all(lane.marks).filter((mark) => mark.kind === 'publication');
}

/** The links of a publication as `woke 3` or `seen 3`, with the number of the request, in order. */
export function readersOf(publication: Publication | undefined): string[] {
	return (publication?.links ?? []).map(({ woke, request }) => `${woke ? 'woke' : 'seen'} ${request?.request ?? 0}`);
}

export function requests(model: TimelineModel): RequestSpan[] {
	return model.lanes.flatMap((lane) => all(lane.requests));
}
