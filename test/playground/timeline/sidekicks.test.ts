import { describe, expect, it } from 'vitest';
import { LINGER } from '../../../playground/src/timeline/model/lanes.ts';
import { all, laneOf, published, START, sidekick, spans, told, worker } from './support/story.ts';

describe('a sidekick', () => {
	it('has one lane over all its runs: starting, ready, back-off', () => {
		const name = 'sentinel';
		const model = told([
			sidekick(0, { type: 'starting', name, attempt: 1 }),
			published(90, 5, name, 1),
			sidekick(91, { type: 'ready', name, attempt: 1, after: 91 }, 5),
			sidekick(200, { type: 'crashed', name, attempt: 1, failures: 1, reason: 'exit status 255' }, 5),
			sidekick(201, { type: 'backing-off', name, delay: 250, failures: 1 }),
			sidekick(451, { type: 'starting', name, attempt: 2 }),
		]);

		const lane = laneOf(model, name);
		expect(spans(lane.phases)).toEqual(['starting 0-91', 'ready 91-200', 'backoff 201-451', 'starting 451-…']);
		expect(lane.phases.at(1)).toMatchObject({ thread: 5, attempt: 1 });
		expect(lane.phases.at(2)).toMatchObject({ thread: undefined, delay: 250, failures: 1 });
		expect(all(lane.marks)).toMatchObject([
			{ kind: 'publication', version: 1, first: true },
			{ kind: 'incident', what: 'crashed', text: 'exit status 255', thread: 5 },
		]);
	});

	it('that ignores its stop flag is stopping until its next run', () => {
		const name = 'stubborn';
		const model = told([
			sidekick(0, { type: 'starting', name, attempt: 1 }, 5),
			sidekick(10, { type: 'ready', name, attempt: 1, after: 10 }, 5),
			sidekick(20, { type: 'stopping', name, cause: 'restart' }, 5),
			sidekick(40, { type: 'stopping', name, cause: 'restart' }, 5),
			sidekick(70, { type: 'ignored-stop', name, stopTimeout: 50 }, 5),
			sidekick(71, { type: 'starting', name, attempt: 2 }),
		]);

		const lane = laneOf(model, name);
		expect(spans(lane.phases)).toEqual(['starting 0-10', 'ready 10-20', 'stopping 20-71', 'starting 71-…']);
		expect(all(lane.marks)).toMatchObject([{ what: 'ignored-stop', start: START + 70 }]);
	});

	it('that is given up stays visible', () => {
		const name = 'broken';
		const model = told([
			sidekick(0, { type: 'starting', name, attempt: 6 }),
			sidekick(10, { type: 'crashed', name, attempt: 6, failures: 6, reason: 'a PHP error' }),
			sidekick(10, { type: 'failed', name, failures: 6, reason: 'It was given up.' }),
		]);
		model.tidy(START + 10 * LINGER);

		expect(spans(laneOf(model, name).phases)).toEqual(['starting 0-10', 'failed 10-…']);
	});

	it('that was stopped goes after a while, and may come back on a lane of its own', () => {
		const name = 'flags';
		const model = told([
			worker(0, 1),
			sidekick(0, { type: 'starting', name, attempt: 1 }, 5),
			sidekick(10, { type: 'stopping', name, cause: 'stop' }, 5),
			sidekick(15, { type: 'stopped', name }, 5),
		]);
		expect(spans(laneOf(model, name).phases)).toEqual(['starting 0-10', 'stopping 10-15']);

		model.tidy(START + 16 + LINGER);
		expect(model.lanes.map(({ label }) => label)).toEqual(['/app/public/index.php']);

		model.push([sidekick(LINGER + 100, { type: 'starting', name, attempt: 1 })]);
		expect(spans(laneOf(model, name).phases)).toEqual([`starting ${LINGER + 100}-…`]);
		// Sidekicks are above the threads.
		expect(model.lanes.map(({ label }) => label)).toEqual([name, '/app/public/index.php']);
	});

	it('that is wanted again before its lane has gone goes on with it', () => {
		const name = 'flags';
		const model = told([
			sidekick(0, { type: 'starting', name, attempt: 1 }),
			sidekick(10, { type: 'stopped', name }),
			sidekick(30, { type: 'starting', name, attempt: 1 }),
		]);
		model.tidy(START + 10 * LINGER);

		expect(spans(laneOf(model, name).phases)).toEqual(['starting 0-10', 'starting 30-…']);
	});
});
