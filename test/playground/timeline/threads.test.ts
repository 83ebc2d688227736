import { describe, expect, it } from 'vitest';
import { LINGER } from '../../../playground/src/timeline/model/lanes.ts';
import {
	all,
	answered,
	began,
	blocks,
	done,
	ended,
	goesOn,
	laneOf,
	laneOfThread,
	START,
	sidekick,
	spans,
	spare,
	submitted,
	told,
	worker,
} from './support/story.ts';

describe('a thread that serves requests', () => {
	it('has a lane with its life, its requests and what they wait for', () => {
		const model = told([
			worker(0, 1),
			submitted(9, 7, '/cart'),
			began(10, 1, 7),
			blocks(12, 1, 7, 'flags'),
			goesOn(30, 1, 7, false),
			done(35, 1, 7),
			answered(36, 7, 500),
		]);

		const lane = laneOfThread(model, 1);
		expect(lane.label).toBe('/app/public/index.php');
		expect(spans(lane.phases)).toEqual(['alive 0-…']);
		expect(spans(lane.requests)).toEqual(['request 10-35']);
		expect(spans(lane.waits)).toEqual(['wait 12-30']);
		expect(lane.requests.at(0)).toMatchObject({ method: 'GET', url: '/cart', status: 500, submitted: START + 9 });
		expect(lane.waits.at(0)).toMatchObject({ names: ['flags'], ok: false, request: lane.requests.at(0) });
	});

	it('gets a lane at once when nobody has told of it, and its name later', () => {
		const model = told([began(10, 4, 1)]);
		expect(laneOfThread(model, 4).label).toBe('thread 4');

		model.push([worker(0, 4), done(12, 4, 1)]);

		expect(model.lanes).toHaveLength(1);
		expect(laneOfThread(model, 4).label).toBe('/app/public/index.php');
		expect(spans(laneOfThread(model, 4).requests)).toEqual(['request 10-12']);
	});

	it('leaves a request open no longer than it lives, and says that it was lost', () => {
		const model = told([worker(0, 1), began(10, 1, 7), blocks(11, 1, 7, 'flags'), ended(50, 1)]);

		const lane = laneOfThread(model, 1);
		expect(spans(lane.requests)).toEqual(['request 10-50']);
		expect(spans(lane.waits)).toEqual(['wait 11-50']);
		expect(lane.requests.at(0)?.cut).toBe(true);
		expect(all(lane.marks)).toMatchObject([{ what: 'lost', start: START + 50 }]);
	});

	it('may tell of its last request after its end was heard of', () => {
		const model = told([worker(0, 1), began(10, 1, 7)], [ended(50, 1)], [done(48, 1, 7)]);

		expect(laneOfThread(model, 1).requests.at(0)).toMatchObject({ end: START + 48, cut: false });
	});

	it('hands its lane to its successor', () => {
		const model = told([worker(0, 1), worker(0, 2), ended(50, 1), worker(70, 9), began(80, 9, 1)]);

		expect(model.lanes).toHaveLength(2);
		const lane = laneOfThread(model, 9);
		expect(spans(lane.phases)).toEqual(['alive 0-50', 'alive 70-…']);
		expect(spans(lane.requests)).toEqual(['request 80-…']);
		expect(all(lane.marks)).toMatchObject([{ what: 'replaced', thread: 9 }]);
	});

	it('gives its lane up some time after its end', () => {
		const model = told([worker(0, 1), worker(0, 2), ended(50, 1)]);

		model.tidy(START + 50 + LINGER);
		expect(model.lanes).toHaveLength(2);
		model.tidy(START + 51 + LINGER);
		expect(model.lanes.map(({ thread }) => thread)).toEqual([2]);
	});

	it('is counted, not drawn, while it waits for a task', () => {
		const model = told([spare(0, 1), spare(0, 2), worker(5, 1)]);
		expect(model.lanes).toHaveLength(1);
		expect(model.spare.value).toBe(1);

		model.push([ended(9, 2)]);
		expect(model.spare.value).toBe(0);
	});

	it.each(['sidekick', 'background'])('that becomes a sidekick (%s) waits on the lane of the sidekick', (kind) => {
		const model = told([
			spare(0, 5),
			sidekick(1, { type: 'starting', name: 'b', attempt: 1 }),
			{ type: 'thread', at: START + 2, thread: 5, role: 'sidekick', label: `${kind} b` },
			blocks(3, 5, 0, 'a'),
		]);

		expect(model.lanes).toHaveLength(1);
		expect(spans(laneOf(model, 'b').waits)).toEqual(['wait 3-…']);
	});
});

describe('requests that wait for a thread', () => {
	it('are counted until a thread takes them, or they are turned away', () => {
		const model = told([worker(0, 1), submitted(1, 1), submitted(2, 2), submitted(3, 3)]);
		expect(model.queue.value).toBe(3);

		model.push([began(4, 1, 1)]);
		expect(model.queue.value).toBe(2);
		model.push([answered(5, 2, 503)]);
		expect(model.queue.value).toBe(1);
	});

	it('are counted right when the thread tells first', () => {
		const model = told([worker(0, 1), began(4, 1, 1)], [submitted(3, 1)], [done(6, 1, 1)]);

		expect(model.queue.value).toBe(0);
		expect(laneOfThread(model, 1).requests.at(0)).toMatchObject({ url: '/', submitted: START + 3 });
	});

	it('are worth a row only when they wait long', () => {
		const model = told([worker(0, 1), submitted(1, 1), began(2, 1, 1)]);
		model.tidy(START + 1000);
		expect(model.hasQueue).toBe(false);

		model.push([submitted(1001, 2)]);
		model.tidy(START + 1100);
		expect(model.hasQueue).toBe(true);
		model.push([done(1200, 1, 1), began(1201, 1, 2)]);
		model.tidy(START + 5000);
		expect(model.hasQueue).toBe(true);
		model.tidy(START + 90_000);
		expect(model.hasQueue).toBe(false);
	});
});
