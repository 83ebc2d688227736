import { describe, expect, it } from 'vitest';
import { TimelineModel } from '../../../playground/src/timeline/model/model.ts';
import { LIMITS, type TaskArrow } from '../../../playground/src/timeline/model/records.ts';
import { describe as details } from '../../../playground/src/timeline/view/items.ts';
import type { TraceEvent } from '../../../src/browser.ts';
import { began, ended, laneOf, laneOfThread, requests, START, sidekick, told, worker } from './support/story.ts';

const sent = (at: number, thread: number, request: number, task: number): TraceEvent => ({
	type: 'taskSent',
	at: START + at,
	thread,
	request,
	task,
	name: 'jobs',
});
const received = (at: number, thread: number, task: number): TraceEvent => ({
	type: 'taskReceived',
	at: START + at,
	thread,
	task,
	name: 'jobs',
});
type Outcome = NonNullable<TaskArrow['outcome']>;
const over = (at: number, thread: number, task: number, outcome: Outcome = 'completed'): TraceEvent => ({
	type: 'taskEnded',
	at: START + at,
	thread,
	task,
	name: 'jobs',
	outcome,
});
const start = [
	worker(0, 1),
	sidekick(1, { type: 'starting', name: 'jobs', attempt: 1, background: true }, 9),
	began(2, 1, 5),
];

function arrows(model: TimelineModel): TaskArrow[] {
	return Array.from({ length: model.tasks.length }, (_, i) => model.tasks.at(i) as TaskArrow);
}

describe('a task', () => {
	it('is an arrow from the thread of its sender to the lane of its worker', () => {
		const model = told([...start, sent(10, 1, 5, 77), received(12, 9, 77), over(40, 9, 77)]);
		const [arrow] = arrows(model);
		expect(arrow?.from).toBe(laneOfThread(model, 1));
		expect(arrow?.to).toBe(laneOf(model, 'jobs'));
		expect(arrow).toMatchObject({ start: START + 10, received: START + 12, end: START + 40, outcome: 'completed' });
		expect(requests(model)[0]?.tasks).toEqual([arrow]);
	});

	it('is so when its receiver tells first', () => {
		const model = told(start, [received(12, 9, 77)], [sent(10, 1, 5, 77)], [over(40, 9, 77)]);
		expect(arrows(model)).toMatchObject([{ start: START + 10, received: START + 12, end: START + 40 }]);
	});

	it('whose number comes again is another one', () => {
		const model = told([
			...start,
			sent(10, 1, 5, 77),
			over(11, 1, 77, 'timeout'),
			sent(20, 1, 5, 77),
			received(21, 9, 77),
		]);
		expect(arrows(model).map(({ outcome }) => outcome)).toEqual(['timeout', undefined]);
	});

	it('ends with the thread that holds it, or has sent it', () => {
		const model = told([...start, worker(2, 2), sent(10, 1, 5, 1), sent(11, 2, 0, 2), received(12, 9, 1)]);
		model.push([ended(20, 9), ended(21, 2)]);
		expect(arrows(model).map(({ outcome, end }) => [outcome, end - START])).toEqual([
			['aborted', 20],
			['abandoned', 21],
		]);
	});

	it('is told in the details of its request', () => {
		const model = told([...start, sent(10, 1, 5, 1), received(11, 9, 1), over(40, 9, 1), sent(41, 1, 5, 2)]);
		const [request] = requests(model);
		const facts =
			request && details(request, START, START + 50).facts.filter(({ label }) => /^task \d for jobs$/.test(label));
		expect(facts?.map(({ value }) => value)).toEqual(['completed after 30.0 ms', 'not picked up yet']);
	});

	it('is remembered up to a limit, also when its end never comes', () => {
		const model = new TimelineModel();
		for (let task = 1; task <= LIMITS.tasks + 100; task++) model.push([sent(task, 1, 0, task)]);
		expect(model.tasks.length).toBe(LIMITS.tasks);
	});
});
