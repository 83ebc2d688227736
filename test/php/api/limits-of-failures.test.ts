import { expect, test } from 'vitest';
import { Application } from '../../support/application.ts';

test('by default a sidekick is given up after 6 boot failures', async () => {
	await using app = await Application.start({ threads: 1, workers: [] });
	const { error } = await app.ask('classic', 'get', { name: 'ends-unpublished' });
	expect(error?.message).toContain('6 failed attempts');
	expect((await app.read('ends-unpublished.runs')).trim().split('\n')).toHaveLength(6);
});

test('with a maximum of -1 it is never given up', async () => {
	await using app = await Application.start({ threads: 1, workers: [], maxConsecutiveFailures: -1 });
	const name = 'until-fixed:never';
	await app.ask('classic', 'get', { name, timeout: 0 });
	await app.sidekick(name, ({ attempts }) => attempts > 6, 15);
	app.put(`${name}.fixed`);
	expect(await app.vars(name)).toHaveProperty('run');
});
