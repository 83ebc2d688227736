import { expect, test } from 'vitest';
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
