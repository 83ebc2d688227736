import { describe, expect, test } from 'vitest';
import { logSidekickEvents } from '../../src/sidekicks/event-log.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';

function world() {
	const log = new CapturingLogger();
	let time = 0;
	const tell = logSidekickEvents(log, () => time);
	const run = (name: string, lasts: number, background?: true) => {
		const of = { name, attempt: 1, ...(background && { background }) };
		tell({ ...of, type: 'ready', after: 1 });
		time += lasts;
		tell({ ...of, type: 'exited' });
	};
	const levels = (name: string) =>
		log.records
			.filter(({ context }) => context?.sidekick === name)
			.map(({ level, context }) => `${level} ${context?.event}`);
	return { run, tell, levels, log };
}

const RUN = ['info ready', 'info exited'];

test('five runs in a row that end soon: one warning, and further ones are details', () => {
	const { run, levels } = world();
	for (let at = 0; at < 7; at++) run('a', 10);
	expect(levels('a')).toEqual([
		...[...RUN, ...RUN, ...RUN, ...RUN],
		...['info ready', 'warn returns', 'debug exited'],
		...['debug ready', 'debug exited', 'debug ready', 'debug exited'],
	]);
});

test('a run that lasts, another sidekick, or a stop between them: they do not add up', () => {
	const { run, tell, levels } = world();
	for (let at = 0; at < 4; at++) run('a', 10);
	run('a', 1000);
	for (let at = 0; at < 4; at++) run('b', 10);
	for (let at = 0; at < 4; at++) run('a', 10);
	tell({ type: 'stopped', name: 'b' });
	for (let at = 0; at < 4; at++) run('b', 10);
	expect([...levels('a'), ...levels('b')].filter((line) => !line.startsWith('info'))).toEqual([]);
});

test('a background worker has a loop of its own', () => {
	const { run, log } = world();
	for (let at = 0; at < 5; at++) run('prices', 10, true);
	expect(log.records.find(({ level }) => level === 'warn')?.message).toBe(
		'background worker "prices" publishes and returns, and is started again each time; keep it running in a loop: while ($handle->tick())',
	);
});

describe('runs that crash before they are ready', () => {
	const NEVER = Number.POSITIVE_INFINITY;
	/** Tells of so many crashes in a row; from `most` on they persist. Returns their levels. */
	function crashes({ tell, log }: ReturnType<typeof world>, times: number, reason: string, most = NEVER, from = 1) {
		const before = log.records.length;
		for (let failures = from; failures < from + times; failures++) {
			const event = { name: 'prices', background: true, attempt: failures, failures } as const;
			tell({ ...event, type: 'crashed', reason, ...(failures >= most && { persists: true }) });
		}
		return log.records.slice(before).map(({ level, context }) => `${level} ${context.event}`);
	}
	const times = (count: number, level: string) => Array<string>(count).fill(`${level} crashed`);

	test('one error that says what to do, and further ones are details', () => {
		const all = world();
		expect(crashes(all, 9, 'ended before its first tick()', 6)).toEqual([
			...times(5, 'warn'),
			'error crashed',
			...times(3, 'debug'),
		]);
		expect(all.log.records.find(({ level }) => level === 'error')?.message).toBe(
			'background worker "prices" was not ready in 6 runs in a row, the last one ended before its first tick(). ' +
				'Correct the script, or what it needs: it is ready at its first tick(): while ($handle->tick()). ' +
				'Further crashes like this one are at level debug',
		);
	});

	test('the first run is one, and a reason that is a sentence stays one', () => {
		const all = world();
		expect(crashes(all, 1, 'ended with exit status 255: It failed.', 1)).toEqual(['error crashed']);
		expect(all.log.records.find(({ level }) => level === 'error')?.message).toMatch(
			/^background worker "prices" was not ready in its first run, which ended with exit status 255: It failed\. Correct/,
		);
	});

	test('without a limit it is a warning; another reason is told, and a run that was ready begins anew', () => {
		const all = world();
		expect(crashes(all, 8, 'one')).toEqual([...times(7, 'warn'), ...times(1, 'debug')]);
		expect(crashes(all, 3, 'another', NEVER, 9)).toEqual([...times(1, 'warn'), ...times(2, 'debug')]);
		all.tell({ type: 'ready', name: 'prices', background: true, attempt: 12, after: 1 });
		expect(crashes(all, 8, 'another', NEVER, 0)).toEqual(times(8, 'warn'));
		const sentences = all.log.matching('was not ready in').map(({ message }) => message.split('.')[0]);
		expect(sentences).toEqual([
			'background worker "prices" was not ready in 7 runs in a row, the last one one',
			'background worker "prices" was not ready in 9 runs in a row, the last one another',
			'background worker "prices" was not ready in 7 runs in a row, the last one another',
		]);
	});
});
