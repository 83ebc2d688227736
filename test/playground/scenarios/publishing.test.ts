import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { filesOf, Scenario, type State } from './scenario.ts';

const flags = (values: object): string => JSON.stringify(values);

describe('feature-flags', () => {
	test('an edit of the file is published, and the next requests show it', async () => {
		await using app = await Scenario.start('feature-flags');
		expect(await app.state()).toMatchObject({ path: 'the sidekick', accent: 'teal', price: '34.00 €', express: 'on' });
		app.write('config/flags.json', flags({ headline: 'Storm!', accent: 'coral', discount: 50 }));
		const last = (await app.watch('the new flags', ({ headline }) => headline === 'Storm!')).at(-1);
		expect(last).toMatchObject({ accent: 'coral', price: '20.00 €', express: 'off' });
	});

	test('a slip in the file keeps the last good flags, and is shown', async () => {
		await using app = await Scenario.start('feature-flags');
		const before = await app.state();
		app.write('config/flags.json', '{ "headline": ');
		const last = (await app.watch('the problem', ({ has_problem }) => has_problem === true)).at(-1);
		expect(last?.problem).toMatch(/Syntax error.*last good flags/);
		expect(last?.headline).toBe(before.headline);
		expect(app.server.sidekicks.get('feature-flags')).toMatchObject({ state: 'ready', crashes: 0 });
	});

	test('any JSON will do', async () => {
		await using app = await Scenario.start('feature-flags');
		await app.state();
		for (const [index, content] of ['[1, [2]]', '"text"', '7', '{"1": null}', 'null'].entries()) {
			app.write('config/flags.json', content);
			const publications = index + 2;
			await app.watch('a publication', () => app.server.sidekicks.get('feature-flags')?.publications === publications);
		}
		app.write('config/flags.json', flags({ headline: 'As ever' }));
		await app.watch('the new flags', ({ headline }) => headline === 'As ever');
		expect(app.server.sidekicks.get('feature-flags')?.crashes).toBe(0);
	});
});

describe('without-sidekicks', () => {
	test('the same flags, read by the request itself', async () => {
		await using app = await Scenario.start('without-sidekicks');
		expect(await app.state()).toMatchObject({ path: 'the file itself', accent: 'teal', price: '34.00 €' });
		app.write('config/flags.json', flags({ headline: 'Storm!' }));
		expect(await app.state()).toMatchObject({ headline: 'Storm!', price: '40.00 €' });
		app.write('config/flags.json', '{ "headline": ');
		expect(await app.state()).toMatchObject({ headline: 'Umbrellas', has_problem: true });
		expect(app.server.sidekicks.list()).toEqual([]);
	});

	test('an entrypoint in the settings is all that it takes', async () => {
		await using app = await Scenario.start('without-sidekicks', {}, (settings) => ({
			...settings,
			sidekickEntrypoint: 'bin/console',
		}));
		expect(await app.state()).toMatchObject({ path: 'the sidekick' });
	});

	test('the files are those of feature-flags', () => {
		expect(filesOf('without-sidekicks')).toEqual(filesOf('feature-flags'));
	});
});

describe('failover', () => {
	test('writes go to the new master, and none fails, while it changes under load', async () => {
		await using app = await Scenario.start('failover');
		expect(await app.state()).toMatchObject({ master: 'redis-a', epoch: '1', tries: 1 });
		const writes: State[] = [];
		let going = true;
		const writer = async (): Promise<void> => {
			while (going) writes.push(await app.state());
		};
		const writers = [writer(), writer()];
		const switches: State[] = [];
		for (const master of ['redis-b', 'redis-c', 'redis-a', 'redis-b', 'redis-c']) {
			switches.push(await app.post({ master }));
		}
		going = false;
		await Promise.all(writers);
		expect(switches.map(({ master, epoch }) => `${epoch} ${master}`)).toEqual([
			'2 redis-b',
			'3 redis-c',
			'4 redis-a',
			'5 redis-b',
			'6 redis-c',
		]);
		// At least one of them was refused by the old master, and tried again.
		expect(Math.max(...switches.map(({ tries }) => Number(tries)))).toBeGreaterThan(1);
		expect(writes.length).toBeGreaterThan(10);
		const last = 'epoch 6: redis-c is the master';
		await eventually('the sidekick has said so', () => app.log.output('redis-master').at(-1) === last);
	});

	test('an edit of the file does the same; while it is broken, nothing changes', async () => {
		await using app = await Scenario.start('failover');
		await app.state();
		app.write('var/sentinel.json', '{ "master": "redis-d"');
		expect(await app.state()).toMatchObject({ master: 'redis-a' });
		app.write('var/sentinel.json', '{ "master": "redis-d", "epoch": 7, "nodes": { "redis-d": "10.0.0.14:6380" } }');
		expect(await app.state()).toMatchObject({ master: 'redis-d', epoch: '7', address: '10.0.0.14:6380' });
		expect(app.server.sidekicks.get('redis-master')?.crashes).toBe(0);
	});

	test('several elections at the same moment: one of them wins, and nothing goes wrong', async () => {
		await using app = await Scenario.start('failover');
		await app.state();
		for (let round = 0; round < 20; round++) {
			await Promise.all(['redis-a', 'redis-b', 'redis-c'].map((master) => app.post({ master })));
		}
		expect(app.log.matching('PHP ')).toEqual([]);
	});

	test('a master that does not exist is not elected', async () => {
		await using app = await Scenario.start('failover');
		expect(await app.post({ master: 'redis-z' })).toMatchObject({ master: 'redis-a', epoch: '1' });
	});
});

describe('secret-rotation', () => {
	test('passwords change, old and new overlap, and every login is accepted', async () => {
		await using app = await Scenario.start('secret-rotation', {
			'config/rotation.json': '{ "every": 0.6, "lifetime": 1.2 }',
		});
		const states = await app.watch('the fifth password', ({ user }) => user === 'app-5', 15);
		expect(new Set(states.map(({ login }) => login))).toEqual(new Set(['accepted']));
		expect(new Set(states.map(({ user }) => user))).toEqual(new Set(['app-1', 'app-2', 'app-3', 'app-4', 'app-5']));
		expect(states.some(({ both }) => both)).toBe(true);
	});

	test('as it is delivered, the new password is there 2 seconds before the old one expires', async () => {
		await using app = await Scenario.start('secret-rotation');
		const first = (await app.watch('the second password', ({ user }) => user === 'app-2')).at(-1);
		expect(first).toMatchObject({ login: 'accepted', both: true, old_user: 'app-1' });
		expect(first?.old_left).toBeGreaterThan(0.2);
	});

	test('a lifetime that is too short shows as refused logins', async () => {
		await using app = await Scenario.start('secret-rotation', {
			'config/rotation.json': '{ "every": 1, "lifetime": 0.3 }',
		});
		const last = (await app.watch('a refusal', ({ login }) => login === 'refused')).at(-1);
		expect(last?.refusal).toMatch(/expired/);
		app.write('config/rotation.json', '{ "every": 1, "lifetime": 2 }');
		await app.watch('the next password', ({ login }) => login === 'accepted');
	});
});
