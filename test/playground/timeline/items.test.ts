import { describe, expect, it } from 'vitest';
import { closest, itemAt, neighbour } from '../../../playground/src/timeline/view/hit-test.ts';
import { describe as detailsOf, spokenText } from '../../../playground/src/timeline/view/items.ts';
import { TimeWindow } from '../../../playground/src/timeline/view/time-window.ts';
import {
	answered,
	began,
	blocks,
	done,
	goesOn,
	laneOf,
	laneOfThread,
	published,
	START,
	seen,
	sidekick,
	submitted,
	told,
	worker,
} from './support/story.ts';

const story = () =>
	told([
		worker(0, 1),
		sidekick(12, { type: 'starting', name: 'flags', attempt: 1 }),
		submitted(8, 1, '/cart?x=1'),
		began(10, 1, 1),
		blocks(12, 1, 1, 'flags'),
		published(100, 20, 'flags', 1),
		sidekick(101, { type: 'ready', name: 'flags', attempt: 1, after: 89 }, 20),
		goesOn(100.25, 1, 1),
		seen(100.3, 1, 1, 'flags', 1),
		done(110, 1, 1),
		answered(111, 1, 200),
		submitted(119, 2, '/'),
		began(120, 1, 2),
	]);

const facts = (item: Parameters<typeof detailsOf>[0], now = 130) =>
	Object.fromEntries(detailsOf(item, START, START + now).facts.map(({ label, value }) => [label, value]));

describe('the details', () => {
	it('of a request: who, when, how long, method, path, status, what it waited for', () => {
		const [request] = [laneOfThread(story(), 1).requests.at(0)!];

		expect(detailsOf(request, START, START).title).toBe('GET /cart?x=1 → 200');
		expect(facts(request)).toMatchObject({
			took: '100 ms',
			status: '200',
			where: 'index.php (thread 1)',
			'waited for a thread': '2.00 ms',
			'blocked in get_vars()': '88.3 ms',
		});
		const { related } = detailsOf(request, START, START);
		expect(related.map(({ label }) => label)).toEqual(['waited for flags, 88.3 ms', 'woken by flags v1']);
		expect(related[1]?.item).toMatchObject({ kind: 'publication', version: 1 });
	});

	it('of what has not ended: how long so far', () => {
		const request = laneOfThread(story(), 1).requests.at(1)!;

		expect(facts(request)).toMatchObject({ 'so far': '10.0 ms' });
		expect(detailsOf(request, START, START).title).toBe('GET /');
	});

	it('of a publication: its version, and whom it reached', () => {
		const publication = laneOf(story(), 'flags').marks.at(0)!;

		expect(facts(publication)).toMatchObject({ version: '1, the first of this sidekick', readers: 'woke 1 reader' });
		expect(detailsOf(publication, START, START).related.map(({ label }) => label)).toEqual([
			'woke GET /cart?x=1 after 250 µs',
		]);
	});

	it('are spoken in one line', () => {
		const model = story();
		const spoken = [laneOf(model, 'flags').marks.at(0)!, laneOfThread(model, 1).waits.at(0)!].map((item) =>
			spokenText(item, model.origin),
		);

		expect(spoken).toEqual([
			'flags published version 1, at 0.100 s, on flags, woke 1 reader',
			'waited for flags, at 0.012 s, for 88.3 ms, on index.php (thread 1)',
		]);
	});
});

describe('pointing', () => {
	/** 1000 pixels for 200 ms: 0.2 ms each. */
	const window = new TimeWindow(200);
	window.show(START, START + 200);

	it('finds the wait in the request, the request, else the life of the thread', () => {
		const lane = laneOfThread(story(), 1);
		const kinds = [50, 105, 115].map((at) => itemAt(lane, START + at, window, 1000, 7)?.kind);
		expect(kinds).toEqual(['wait', 'request', 'phase']);
		expect(itemAt(lane, START - 5, window, 1000, 7)).toBeUndefined();
	});

	it('finds a mark some pixels beside it, and before what is below it', () => {
		const lane = laneOf(story(), 'flags');
		const kinds = [98.7, 101.3, 98.5, 102].map((at) => itemAt(lane, START + at, window, 1000, 7)?.kind);
		expect(kinds).toEqual(['publication', 'publication', 'phase', 'phase']);
	});
});

describe('the arrow keys', () => {
	it('go through all items of a lane, forth and back', () => {
		const model = story();
		for (const lane of model.lanes) {
			const forth = [];
			for (let item = closest(lane, START); item !== undefined; item = neighbour(lane, item, 1)) forth.push(item);
			const back = [];
			for (let item = forth.at(-1); item !== undefined; item = neighbour(lane, item, -1)) back.unshift(item);

			expect(back).toEqual(forth);
			expect(forth.map(({ kind }) => kind)).toEqual(
				lane.group === 'thread' ? ['request', 'wait', 'request'] : ['phase', 'publication', 'phase'],
			);
		}
	});
});
