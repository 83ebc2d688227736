import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../../src/browser.ts';
import {
	began,
	blocks,
	done,
	goesOn,
	laneOf,
	laneOfThread,
	publications,
	published,
	readersOf,
	seen,
	sidekick,
	told,
	worker,
} from './support/story.ts';

/** Eight threads, each with a request that waits for `flags`. */
const eightWait = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((i) => [
	worker(0, i),
	began(i, i, i),
	blocks(10 + i, i, i, 'flags'),
]);
/** The first version comes, and wakes them. */
const first = published(100, 20, 'flags', 1);
const eightGoOn = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((i) => [
	goesOn(100 + i / 10, i, i),
	seen(100.05 + i / 10, i, i, 'flags', 1),
]);
const starting = sidekick(9, { type: 'starting', name: 'flags', attempt: 1 });

describe('a first publication', () => {
	it('is linked to the eight requests that it woke, once each', () => {
		const model = told([starting, ...eightWait], [first, ...eightGoOn]);

		const [publication] = publications(laneOf(model, 'flags'));
		expect(readersOf(publication)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => `woke ${i}`));
		expect(model.links.length).toBe(8);
		const request = laneOfThread(model, 3).requests.at(0);
		expect(request?.links).toEqual([publication?.links[2]]);
		expect(request?.waits[0]?.link?.publication).toBe(publication);
	});

	it('is so in whatever order the threads tell', () => {
		const orders: TraceEvent[][][] = [
			[eightGoOn, [first]],
			[[...eightGoOn.slice(0, 6)], [first], [...eightGoOn.slice(6)]],
			[[...eightGoOn.slice(8), first], [...eightGoOn.slice(0, 8)]],
		];
		for (const order of orders) {
			const model = told([starting, ...eightWait], ...order);
			expect(readersOf(publications(laneOf(model, 'flags'))[0]).sort()).toEqual(
				[1, 2, 3, 4, 5, 6, 7, 8].map((i) => `woke ${i}`),
			);
		}
	});

	it('is linked even when nothing was heard of the sidekick before', () => {
		const model = told([...eightWait, ...eightGoOn], [first]);

		expect(readersOf(publications(laneOf(model, 'flags'))[0])).toHaveLength(8);
	});

	it('does not wake who gets an exception, or who came later', () => {
		const model = told([
			starting,
			worker(0, 1),
			worker(0, 2),
			began(5, 1, 1),
			blocks(10, 1, 1, 'flags'),
			goesOn(90, 1, 1, false),
			first,
			began(150, 2, 2),
			blocks(151, 2, 2, 'other'),
			goesOn(160, 2, 2),
		]);

		expect(readersOf(publications(laneOf(model, 'flags'))[0])).toEqual([]);
	});

	it('of several that a request waits for: the last one woke it, the others it only saw', () => {
		const wait = [worker(0, 1), began(5, 1, 1), blocks(10, 1, 1, 'a', 'b', 'c')];
		const three = [published(50, 20, 'b', 1), published(70, 21, 'a', 1), published(60, 22, 'c', 1)];
		const wakes = [
			goesOn(70.2, 1, 1),
			seen(70.3, 1, 1, 'a', 1),
			seen(70.3, 1, 1, 'b', 1),
			seen(70.3, 1, 1, 'c', 1),
			done(75, 1, 1),
		];
		for (const batches of [
			[wait, three, wakes],
			[wait, wakes, three],
			[wait, [...three.slice(0, 1), ...wakes], three.slice(1)],
		]) {
			const model = told(...batches);
			const readers = ['a', 'b', 'c'].map((name) => readersOf(publications(laneOf(model, name))[0]));
			expect(readers).toEqual([['woke 1'], ['seen 1'], ['seen 1']]);
		}
	});
});

describe('a later publication', () => {
	const before = [starting, worker(0, 1), worker(0, 2), first, published(200, 20, 'flags', 2)];

	it('is linked to who saw it first on each thread', () => {
		const model = told(before, [began(300, 1, 1), seen(301, 1, 1, 'flags', 2), seen(302, 2, 0, 'flags', 2)]);

		const [one, two] = publications(laneOf(model, 'flags'));
		expect(readersOf(one)).toEqual([]);
		expect(readersOf(two)).toEqual(['seen 1', 'seen 0']);
	});

	it('is so when the reader tells before the sidekick', () => {
		const model = told(before, [began(300, 1, 1), seen(301, 1, 1, 'flags', 3)], [published(300.9, 20, 'flags', 3)]);

		expect(readersOf(publications(laneOf(model, 'flags'))[2])).toEqual(['seen 1']);
	});

	it('of a sidekick that was stopped and began again is the one of the same number that came last', () => {
		const model = told(before, [
			sidekick(300, { type: 'stopped', name: 'flags' }),
			sidekick(310, { type: 'starting', name: 'flags', attempt: 1 }),
			published(400, 23, 'flags', 1),
			published(500, 23, 'flags', 2),
			began(600, 1, 1),
			seen(601, 1, 1, 'flags', 2),
		]);

		expect(publications(laneOf(model, 'flags')).map((one) => readersOf(one))).toEqual([[], [], [], ['seen 1']]);
	});
});
