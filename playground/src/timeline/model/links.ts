import { type Lane, LIMITS, type Link, type Publication, type RequestSpan, type Wait } from './records.ts';
import { Ring } from './ring.ts';

/** Threads share a clock, but which stamps first after a wake-up is chance: this much earlier still counts as caused. */
const TOLERANCE = 20;
/** A reader whose publication has not been heard of waits this long for the news, in milliseconds. */
const PATIENCE = 3_000;
/** How far back a version is looked for. */
const SEARCH = 2_048;
/** One publication has no more links than this; there are never so many threads. */
const MOST_LINKS = 256;

type Seen = { at: number; lane: Lane; thread: number; request: RequestSpan | undefined; name: string; version: number };

/** Finds which publication a reader was woken by, or has seen first, in whatever order the news arrives. */
export class Links {
	/** All of them, by the moment of reading. */
	readonly all = new Ring<Link>(LIMITS.links);
	#pendingWaits: Wait[] = [];
	#pendingSeen: Seen[] = [];

	/** A sidekick has published: readers that have told before are linked now. */
	published(publication: Publication): void {
		if (this.#pendingWaits.length > 0) {
			// One that has been linked stays: it may have waited for several, and the last one counts.
			for (const wait of this.#pendingWaits) {
				if (wait.names.includes(publication.name)) this.#linkWait(wait, publication);
			}
			this.#pendingWaits = this.#pendingWaits.filter((wait) => wait.end > publication.start - PATIENCE);
		}
		if (this.#pendingSeen.length > 0) {
			this.#pendingSeen = this.#pendingSeen.filter((seen) => {
				if (seen.name !== publication.name || seen.version !== publication.version) {
					return seen.at > publication.start - PATIENCE;
				}
				this.#link(publication, seen.lane, seen.thread, seen.request, seen.at, false);
				return false;
			});
		}
	}

	/** A wait has ended well: `candidates` are the lanes of the names that it waited for. */
	woken(wait: Wait, candidates: readonly Lane[]): void {
		let last: Publication | undefined;
		let found = 0;
		for (const lane of candidates) {
			const first = firstPublication(lane, wait);
			if (first === undefined) continue;
			found++;
			if (last === undefined || first.start > last.start) last = first;
		}
		if (last !== undefined) this.#linkWait(wait, last);
		// A later publication may still be on its way here.
		if (found < wait.names.length) remember(this.#pendingWaits, wait);
	}

	/** A thread has read a version for the first time. */
	seen(seen: Seen, lane: Lane | undefined): void {
		const marks = lane?.marks;
		if (marks !== undefined) {
			for (let i = marks.length - 1; i >= Math.max(0, marks.length - SEARCH); i--) {
				const mark = marks.at(i);
				if (mark?.kind !== 'publication' || mark.version !== seen.version) continue;
				this.#link(mark, seen.lane, seen.thread, seen.request, seen.at, false);
				return;
			}
		}
		remember(this.#pendingSeen, seen);
	}

	/** Links them when the publication is what the wait was for. The last one of several is what woke. */
	#linkWait(wait: Wait, publication: Publication): void {
		if (!isBecauseOf(wait, publication)) return;
		if (wait.link !== undefined) {
			if (wait.link.publication.start >= publication.start) return;
			wait.link.woke = false;
		}
		wait.link = this.#link(publication, wait.lane, wait.thread, wait.request, wait.end, true);
	}

	#link(
		publication: Publication,
		lane: Lane,
		thread: number,
		request: RequestSpan | undefined,
		at: number,
		woke: boolean,
	): Link {
		// A woken reader also sees the version first: one line, not two.
		for (const link of publication.links) {
			if (link.thread !== thread || link.request !== request) continue;
			link.woke ||= woke;
			return link;
		}
		const link: Link = { publication, lane, thread, request, start: Math.max(at, publication.start), woke };
		if (publication.links.length < MOST_LINKS) {
			publication.links.push(link);
			request?.links.push(link);
			this.all.add(link);
		}
		return link;
	}
}

/** The first publication of a sidekick that falls into the wait. */
function firstPublication(lane: Lane, wait: Wait): Publication | undefined {
	for (let i = lane.marks.lowerBound(wait.start - TOLERANCE); i < lane.marks.length; i++) {
		const mark = lane.marks.at(i);
		if (mark === undefined || mark.start > wait.end + TOLERANCE) return undefined;
		if (mark.kind === 'publication' && isBecauseOf(wait, mark)) return mark;
	}
	return undefined;
}

function isBecauseOf(wait: Wait, publication: Publication): boolean {
	return publication.first && publication.start >= wait.start - TOLERANCE && publication.start <= wait.end + TOLERANCE;
}

function remember<T>(list: T[], item: T): void {
	list.push(item);
	if (list.length > 1_024) list.shift();
}
