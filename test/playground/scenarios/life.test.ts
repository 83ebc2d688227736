import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { filesOf, Scenario, type State } from './scenario.ts';

describe('slow-start', () => {
	test('eight requests wait for one start, and get the same; the next ones wait for nothing', async () => {
		// It publishes when the test says so, in place of after 3 seconds.
		const sidekick = filesOf('slow-start').get('src/PriceList.php') as string;
		const gate = "while (!is_file(__DIR__ . '/../open')) { usleep(10_000); clearstatcache(); }";
		await using app = await Scenario.start('slow-start', {
			'src/PriceList.php': sidekick.replace('sleep(self::IMPORT_TAKES);', gate),
		});
		const eight = (): Promise<State[]> => Promise.all(Array.from({ length: 8 }, () => app.state()));
		const asked = eight();
		await eventually('eight that wait', () => app.server.sidekicks.get('price-list')?.readersWaiting === 8);
		app.write('open', '');
		const first = await asked;
		expect(new Set(first.map(({ thread }) => thread)).size).toBe(8);
		expect(new Set(first.map(({ run }) => run)).size).toBe(1);
		for (const { umbrella } of first) expect(umbrella).toBe('34.00 €');
		// The requests are woken by the threads themselves, perhaps before the host hears of it.
		await eventually('one that is ready', () => app.server.sidekicks.get('price-list')?.state === 'ready');
		expect(app.server.sidekicks.list()).toMatchObject([{ name: 'price-list', starts: 1 }]);

		const more = await eight();
		expect(new Set([...first, ...more].map(({ run }) => run)).size).toBe(1);
		expect(app.log.events('price-list', 'starting')).toHaveLength(1);
	});

	test('the page itself waits for nobody', async () => {
		await using app = await Scenario.start('slow-start');
		expect(await app.get('/')).toContain('Send eight requests');
		expect(app.server.sidekicks.list()).toEqual([]);
	});
});

describe('parallel-start', () => {
	test('together they take as long as the slowest; in turn, the sum', async () => {
		await using app = await Scenario.start('parallel-start');
		const lives = (): unknown[] =>
			app.log.records.map(({ context }) => context.event).filter((event) => event === 'starting' || event === 'ready');
		const together = await app.state('&start=together');
		expect(together).toMatchObject({ price: '34.00 €', stock: '17 in stock', rating: '4.6 of 5 stars' });
		expect(together.waited_ms).toBeGreaterThan(2900);
		// The requests are woken by the threads themselves, perhaps before the host hears of it.
		await eventually('three that are ready', () => lives().length >= 6);
		expect(lives()).toEqual(['starting', 'starting', 'starting', 'ready', 'ready', 'ready']);
		expect((await app.state('&start=in-turn')).waited_ms).toBeGreaterThan(5900);
		// All are there now: nobody starts anything.
		await app.state('&start=together');
		expect(app.server.sidekicks.list().map(({ starts }) => starts)).toEqual([1, 1, 1, 1, 1, 1]);
	});
});

describe('crash-recovery', () => {
	test('four crashes in a row: the back-off grows, readers get the last reading, none fails', async () => {
		await using app = await Scenario.start('crash-recovery');
		const before = await app.state();
		expect(before).toMatchObject({ run: expect.stringMatching(/^[0-9a-f]{4}$/) });
		await app.post({ kind: 'exception', times: '4' });
		const states = await app.watch('the run after the crashes', ({ run }) => run !== before.run);
		const stale = states.slice(0, -1);
		expect(Math.max(...stale.map(({ age }) => Number(age)))).toBeGreaterThan(2);
		expect(stale.filter(({ age }) => Number(age) > 1).every(({ celsius }) => celsius === stale.at(-1)?.celsius)).toBe(
			true,
		);
		expect(stale.at(-1)).toMatchObject({ freshness: 'stale', mood: 'warn' });
		expect(app.log.events('thermometer', 'backing-off').map(({ delay }) => delay)).toEqual([100, 400, 900, 1000]);
		await app.watch('a fresh reading', ({ freshness }) => freshness === 'fresh');
	});

	test.each([
		['exception', /fell into the river/],
		['memory', /Allowed memory size/],
		['exit', undefined],
	])('%s: a crash, said in the log, and the next run takes over', async (kind, message) => {
		await using app = await Scenario.start('crash-recovery');
		const { run } = await app.state();
		await app.post({ kind, times: '1' });
		await app.watch('the next run', (state) => state.run !== run);
		expect(app.log.events('thermometer', 'crashed')).toHaveLength(1);
		const errors = app.log.matching('PHP Fatal error').map((record) => record.message);
		if (message === undefined) expect(errors).toEqual([]);
		else expect(errors).toEqual([expect.stringMatching(message)]);
	});

	test('an order by an edit of the file', async () => {
		await using app = await Scenario.start('crash-recovery');
		const { run } = await app.state();
		app.write('var/sabotage.json', '{ "kind": "exit", "times": 1 }');
		await app.watch('the next run', (state) => state.run !== run);
		expect(app.log.events('thermometer', 'crashed')).toHaveLength(1);
	});

	test('several orders at the same moment are one order', async () => {
		await using app = await Scenario.start('crash-recovery');
		await app.state();
		for (let round = 0; round < 20; round++) {
			await Promise.all([1, 2, 1, 2].map((times) => app.post({ kind: 'exit', times: String(times) })));
		}
		expect(app.log.matching('PHP ')).toEqual([]);
	});

	test('an order that makes no sense does nothing', async () => {
		await using app = await Scenario.start('crash-recovery');
		for (const form of [
			{ kind: 'fire', times: '1' },
			{ kind: 'exit', times: 'x' },
			{ kind: 'exit', times: '-1' },
		]) {
			await app.post(form as Record<string, string>);
		}
		const { run, celsius } = await app.state();
		const states = await app.watch('the next reading', (state) => state.celsius !== celsius);
		expect(states.at(-1)?.run).toBe(run);
	});
});

describe('ignores-stop', () => {
	test('polite ends at once; stubborn is ended by force, and readers never notice', async () => {
		await using app = await Scenario.start('ignores-stop');
		const before = await app.state();

		app.server.sidekicks.restart('polite');
		await app.watch('the next run of polite', (state) => state['polite.run'] !== before['polite.run']);
		expect(app.log.events('polite', 'ignored-stop')).toEqual([]);

		app.server.sidekicks.restart('stubborn');
		const states = await app.watch(
			'the next run of stubborn',
			(state) => state['stubborn.run'] !== before['stubborn.run'],
		);
		expect(app.log.events('stubborn', 'ignored-stop')).toMatchObject([{ stopTimeout: 3000 }]);
		// It went on to count after it had been asked.
		const asked = states.filter((state) => /^asked to stop/.test(String(state['stubborn.says'])));
		expect(new Set(asked.map((state) => state['stubborn.count'])).size).toBeGreaterThan(10);
		expect(states.at(-1)).toMatchObject({ 'stubborn.says': 'runs' });
	});

	test('stopped for good, it is started again by the next reader', async () => {
		await using app = await Scenario.start('ignores-stop');
		const before = await app.state();
		await app.server.sidekicks.stop('stubborn');
		expect(app.server.sidekicks.get('stubborn')).toBeUndefined();
		expect((await app.state())['stubborn.run']).not.toBe(before['stubborn.run']);
	});
});

describe('background-tasks', () => {
	test('progress comes line by line; two threads share three imports', async () => {
		await using app = await Scenario.start('background-tasks');
		const imports = [1, 2, 3].map(async () => {
			const answer = await app.server.fetch('/?books=5');
			const lines = (await answer.text()).trimEnd().split('\n');
			return lines.map((line) => JSON.parse(line) as { done: number; of: number; thread: string });
		});
		const all = await Promise.all(imports);
		for (const lines of all) expect(lines.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5]);
		expect(new Set(all.map(([first]) => first?.thread)).size).toBe(2);
	});

	test('a client that leaves ends its import', async () => {
		await using app = await Scenario.start('background-tasks');
		const client = new AbortController();
		const answer = await app.server.fetch('/?books=200', { signal: client.signal });
		await (answer.body as ReadableStream<Uint8Array>).getReader().read();
		client.abort();
		await eventually('a worker that is told', () => app.log.matching('An import ended early').length > 0);
		expect(await (await app.server.fetch('/?books=1')).text()).toContain('"done":1');
	});
});
