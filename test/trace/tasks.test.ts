import { expect, test } from 'vitest';
import { Scope } from '../support/scope.ts';
import { ONE, WORKER } from '../tasks/scripts.ts';
import { Recorder } from './recorder.ts';

async function traced(): Promise<{ scope: Scope; trace: Recorder }> {
	const trace = new Recorder();
	const scope = await Scope.start(
		{ 'jobs.php': WORKER, 'send.php': ONE },
		{ threads: 2, backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }] },
		{ onTrace: trace.onTrace },
	);
	return { scope, trace };
}

const send = (payload: object, more = '') => `/send.php?payload=${encodeURIComponent(JSON.stringify(payload))}${more}`;

test('a task is told from its sender to its worker, and to its end', async () => {
	const { scope, trace } = await traced();
	await using _ = scope;
	expect(JSON.parse(await scope.get(send({ i: 7 })))).toMatchObject({ i: 7 });
	const ended = await trace.until('taskEnded');
	const [submitted] = trace.all('submitted');
	// Either of the two threads that serve.
	const [began] = trace.all('requestBegan');
	const classic = trace.all('thread', { role: 'classic' }).map(({ thread }) => thread);
	expect(classic).toContain(began?.thread);
	const [lane] = trace.all('thread', { label: 'background jobs' });
	const [sent] = trace.all('taskSent');
	expect(sent).toMatchObject({ thread: began?.thread, request: submitted?.request, name: 'jobs' });
	const [received] = trace.all('taskReceived');
	const task = sent?.task;
	expect(received).toMatchObject({ thread: lane?.thread, task, name: 'jobs' });
	expect(ended).toMatchObject({ thread: lane?.thread, task, name: 'jobs', outcome: 'completed' });
	const all = [sent, received, ended].filter((event) => event !== undefined);
	expect(trace.order(...all)).toEqual(['taskSent', 'taskReceived', 'taskEnded']);
	expect(trace.backwards).toEqual([]);
});

test.each([
	['aborted', { exit: true }, '', 'RuntimeException'],
	['abandoned', { await: 'go' }, '&abandon', 'RuntimeException'],
] as const)('one that ends otherwise: %s', async (outcome, payload, more, answer) => {
	const { scope, trace } = await traced();
	await using _ = scope;
	expect(await scope.get(send(payload, more))).toContain(answer);
	const ended = await trace.until('taskEnded');
	const [sender, receiver] = [trace.all('taskSent')[0], trace.all('taskReceived')[0]];
	expect(ended).toMatchObject({ outcome, task: sender?.task });
	expect(ended.thread).toBe(outcome === 'aborted' ? receiver?.thread : sender?.thread);
	scope.write('go', '');
	expect(trace.all('taskEnded')).toHaveLength(1);
});

test('one that nobody picks up in time', async () => {
	const { scope, trace } = await traced();
	await using _ = scope;
	const held = scope.get(send({ await: 'go' }));
	await trace.until('taskReceived');
	expect(await scope.get(send({}, '&timeout=0'))).toContain('No thread of "jobs" picked up');
	const ended = await trace.until('taskEnded', { outcome: 'timeout' });
	expect(ended.task).toBe(trace.all('taskSent')[1]?.task);
	scope.write('go', '');
	await held;
});
