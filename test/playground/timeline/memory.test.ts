import { describe, expect, it } from 'vitest';
import { TimelineModel } from '../../../playground/src/timeline/model/model.ts';
import { LIMITS } from '../../../playground/src/timeline/model/records.ts';
import { Ring } from '../../../playground/src/timeline/model/ring.ts';
import type { TraceEvent } from '../../../src/browser.ts';
import {
	all,
	answered,
	began,
	done,
	ended,
	laneOf,
	published,
	requests,
	START,
	seen,
	submitted,
	told,
	worker,
} from './support/story.ts';

describe('what is remembered', () => {
	it('is bounded, and is the latest', () => {
		const model = told([worker(0, 1), worker(0, 2)]);
		const count = 120_000;
		for (let request = 1; request <= count; request += 100) {
			const batch: TraceEvent[] = [];
			for (let i = request; i < request + 100; i++) {
				const at = i * 2;
				const thread = (i % 2) + 1;
				batch.push(submitted(at, i), began(at, thread, i), published(at, 9, 'flags', i));
				batch.push(seen(at + 1, thread, i, 'flags', i), done(at + 1, thread, i), answered(at + 1, i));
			}
			model.push(batch);
		}

		const kept = requests(model);
		expect(kept).toHaveLength(2 * LIMITS.requests);
		expect(Math.max(...kept.map(({ request }) => request))).toBe(count);
		expect(kept.every(({ request }) => request > count - 2 * LIMITS.requests)).toBe(true);
		expect(laneOf(model, 'flags').marks.length).toBe(LIMITS.marks);
		expect(model.links.length).toBe(LIMITS.links);
		expect(model.queue.samples.length).toBeLessThanOrEqual(LIMITS.samples);
	});

	it('does not hold what has been forgotten by way of links', () => {
		const model = told([worker(0, 1), published(1, 9, 'flags', 1), began(2, 1, 1), seen(3, 1, 1, 'flags', 1)]);
		const request = requests(model)[0];
		const publication = laneOf(model, 'flags').marks.at(0);
		expect(request?.links).toHaveLength(1);

		for (let i = 2; i <= LIMITS.marks + 1; i++) {
			model.push([published(i * 2, 9, 'flags', i), began(i * 2, 1, i), done(i * 2 + 1, 1, i)]);
		}

		expect(all(laneOf(model, 'flags').marks)).not.toContain(publication);
		expect(publication).toMatchObject({ links: [] });
		expect(request?.links).toEqual([]);
	});

	it('has a bounded number of lanes, however many threads come and go', () => {
		const model = new TimelineModel();
		for (let thread = 1; thread <= 500; thread++) {
			const label = `worker-${thread}.php`;
			model.push([
				{ type: 'thread', at: START + thread, thread, role: 'worker', label },
				began(thread, thread, thread),
			]);
			if (thread % 2 === 0) model.push([ended(thread + 1, thread)]);
		}

		expect(model.lanes).toHaveLength(LIMITS.lanes);
		expect(model.lanes.some(({ thread }) => thread === 499)).toBe(true);
	});

	it('ends with a reset', () => {
		const model = told([worker(0, 1), began(1, 1, 1)]);
		let changes = 0;
		model.subscribe(() => changes++);
		const { lanesRevision } = model;

		model.reset();

		expect(model.lanes).toEqual([]);
		expect(model.origin).toBeNaN();
		expect(changes).toBe(1);
		expect(model.lanesRevision).toBeGreaterThan(lanesRevision);
		model.push([worker(50, 1)]);
		expect(model.origin).toBe(START + 50);
	});
});

describe('a ring', () => {
	it('keeps the last items in the order of their start, whatever order they come in', () => {
		const ring = new Ring<{ start: number }>(4);
		for (const start of [1, 3, 2, 5, 4, 7, 6]) ring.add({ start });

		expect(all(ring).map(({ start }) => start)).toEqual([4, 5, 6, 7]);
		expect([3, 4, 4.5, 7, 8].map((time) => ring.lowerBound(time))).toEqual([0, 0, 1, 3, 4]);
		expect(ring.at(-1)).toBeUndefined();
		expect(ring.at(4)).toBeUndefined();
	});
});
