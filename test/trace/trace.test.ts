import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { Recorder } from './recorder.ts';

/** Publishes once the file `go` is there, then whenever the content of `value` changes. Crashes on a file `crash`. */
const CONSOLE = `<?php
	while (!is_file(__DIR__ . '/go') && !frankenphp_sidekick_should_stop()) { usleep(1000); clearstatcache(); }
	while (!frankenphp_sidekick_should_stop()) {
		$value = @file_get_contents(__DIR__ . '/value');
		if ($value !== false) frankenphp_sidekick_set_vars(['value' => $value]);
		if (is_file(__DIR__ . '/crash')) { unlink(__DIR__ . '/crash'); exit(9); }
		usleep(1000);
		clearstatcache();
	}
`;
const READ = `
	try { echo implode(',', array_column((array) frankenphp_sidekick_get_vars(explode(',', $_GET['names']), (float) ($_GET['timeout'] ?? 20)), 'value')); }
	catch (RuntimeException $e) { echo $e->getMessage(); }
`;
const FILES = {
	'console.php': CONSOLE,
	value: '',
	'classic.php': `<?php ${READ}`,
	'worker.php': `<?php while (frankenphp_handle_request(static function (): void { ${READ} }));`,
	'loop.php': '<?php file_put_contents(__DIR__ . "/looping", ""); while (true);',
};
const MODES = ['classic', 'worker'] as const;
const OPTIONS = { sidekickEntrypoint: 'console.php' };

async function traced(
	options: Parameters<typeof Scope.start>[1] = {},
	files: Record<string, string> = {},
): Promise<{ scope: Scope; trace: Recorder }> {
	const trace = new Recorder();
	const scope = await Scope.start({ ...FILES, ...files }, { ...OPTIONS, ...options }, { onTrace: trace.onTrace });
	return { scope, trace };
}

describe('the trace', () => {
	test.each(MODES)('a %s request that waits for a slow sidekick', async (mode) => {
		const { scope, trace } = await traced({ workers: [{ file: 'worker.php', num: 1 }] });
		await using _ = scope;
		const before = performance.timeOrigin + performance.now();
		const url = `/${mode}.php?names=config`;
		const answer = scope.get(url);
		// It is told while the thread is blocked.
		const waitBegan = await trace.until('waitBegan');
		expect(trace.all('waitEnded')).toEqual([]);
		scope.write('value', 'one');
		scope.write('go', '');
		expect(await answer).toBe('one');
		const answered = await trace.until('answered');

		const [submitted] = trace.all('submitted');
		const request = submitted?.request ?? 0;
		expect(request).toBeGreaterThan(0);
		expect(submitted).toMatchObject({ method: 'GET', url });
		const [role] = trace.all('thread', { role: mode });
		const thread = role?.thread;
		const [lane] = trace.all('thread', { role: 'sidekick' });
		expect(lane?.label).toBe('sidekick config');
		const [began] = trace.all('requestBegan');
		expect(began).toMatchObject({ thread, request });
		expect(waitBegan).toMatchObject({ thread, request, names: ['config'] });
		const [published] = trace.all('published', { first: true });
		expect(published).toMatchObject({ thread: lane?.thread, name: 'config', version: 1 });
		const [waitEnded] = trace.all('waitEnded');
		expect(waitEnded).toMatchObject({ thread, request, ok: true });
		const [seen] = trace.all('seen');
		expect(seen).toMatchObject({ thread, request, name: 'config', version: 1 });
		const [ended] = trace.all('requestEnded');
		expect(ended).toMatchObject({ thread, request });
		expect(answered).toMatchObject({ request, status: 200 });
		const [starting] = trace.sidekick('config');
		expect(starting?.event).toMatchObject({ type: 'starting', attempt: 1 });

		const all = [submitted, began, waitBegan, starting, lane, published, waitEnded, seen, ended, answered];
		const expected = all.filter((event) => event !== undefined);
		expect(trace.order(...expected)).toEqual(expected.map(({ type }) => type));
		expect(expected).toHaveLength(10);
		expect(trace.backwards).toEqual([]);
		expect(answered.at).toBeGreaterThanOrEqual(before);
		expect(answered.at).toBeLessThanOrEqual(performance.timeOrigin + performance.now());
	});

	test.each(MODES)('a %s thread sees each version once; an equal publication is not told', async (mode) => {
		const { scope, trace } = await traced({ workers: [{ file: 'worker.php', num: 1 }] });
		await using _ = scope;
		scope.write('go', '');
		scope.write('value', 'one');
		await scope.get(`/${mode}.php?names=config`);
		await scope.get(`/${mode}.php?names=config`);
		const { publications = 0 } = scope.running.sidekicks.get('config') ?? {};
		await eventually(
			'more publications',
			() => (scope.running.sidekicks.get('config')?.publications ?? 0) > publications + 3,
		);
		scope.write('value', 'two');
		const second = await trace.until('published', { first: false });
		await scope.get(`/${mode}.php?names=config`);
		await trace.until('answered', {}, 3);
		expect(trace.all('published').map(({ version }) => version)).toEqual([1, second.version]);
		const requests = trace.all('submitted').map(({ request }) => request);
		expect(trace.all('seen').map(({ version, request }) => [version, request])).toEqual([
			[1, requests[0]],
			[second.version, requests[2]],
		]);
		// Who knows a snapshot does not wait.
		expect(trace.all('waitBegan')).toHaveLength(1);
	});

	test('a version that a request saw change is not new to the next request', async () => {
		const twice = `<?php
			$read = static fn(): string => frankenphp_sidekick_get_vars('config')['value'];
			$read();
			file_put_contents(__DIR__ . '/new', 'two');
			rename(__DIR__ . '/new', __DIR__ . '/value');
			while ($read() !== 'two') usleep(1000);
		`;
		const { scope, trace } = await traced({}, { 'twice.php': twice, value: 'one', go: '' });
		await using _ = scope;
		await scope.get('/twice.php');
		for (let i = 0; i < 3; i++) expect(await scope.get('/classic.php?names=config')).toBe('two');
		await trace.until('answered', {}, 4);
		const [one, two] = trace.all('published');
		expect(trace.all('seen').map(({ version }) => version)).toEqual([one?.version, two?.version]);
	});

	test('eight threads that wait for one sidekick all see its first version, after it was published', async () => {
		const { scope, trace } = await traced({ threads: 8 });
		await using _ = scope;
		const answers = Array.from({ length: 8 }, () => scope.get('/classic.php?names=slow'));
		await trace.until('waitBegan', {}, 8);
		expect(trace.all('seen')).toEqual([]);
		scope.write('value', 'here');
		scope.write('go', '');
		expect(new Set(await Promise.all(answers))).toEqual(new Set(['here']));
		await trace.until('answered', {}, 8);
		const published = trace.all('published');
		expect(published).toHaveLength(1);
		const seen = trace.all('seen', { name: 'slow', version: 1 });
		expect(new Set(seen.map(({ thread }) => thread)).size).toBe(8);
		expect(new Set(seen.map(({ request }) => request)).size).toBe(8);
		const at = trace.events.indexOf(published[0] as (typeof published)[0]);
		for (const event of [...seen, ...trace.all('waitEnded')]) expect(trace.events.indexOf(event)).toBeGreaterThan(at);
		for (const { request } of seen) {
			const [began] = trace.all('waitBegan', { request });
			expect(trace.events.indexOf(began as NonNullable<typeof began>)).toBeLessThan(at);
		}
		expect(trace.all('sidekick').filter(({ event }) => event.type === 'starting')).toHaveLength(1);
		expect(trace.backwards).toEqual([]);
	});

	test('several names in one call are one wait; each is seen by its name', async () => {
		const { scope, trace } = await traced();
		await using _ = scope;
		scope.write('go', '');
		await scope.get('/classic.php?names=one,two,three');
		await trace.until('answered');
		expect(trace.all('waitBegan').map(({ names }) => names)).toEqual([['one', 'two', 'three']]);
		expect(trace.all('seen').map(({ name }) => name)).toEqual(['one', 'two', 'three']);
		const lanes = Object.fromEntries(
			trace.all('thread', { role: 'sidekick' }).map(({ label, thread }) => [label, thread]),
		);
		for (const { name, thread } of trace.all('published')) expect(thread).toBe(lanes[`sidekick ${name}`]);
	});

	test('waits that fail: refused, timed out', async () => {
		const { scope, trace } = await traced({ sidekickAllow: ['slow'] });
		await using _ = scope;
		expect(await scope.get('/classic.php?names=other')).toMatch(/other/);
		expect(await scope.get('/classic.php?names=slow&timeout=0.05')).toMatch(/slow/);
		await trace.until('answered', {}, 2);
		expect(trace.all('waitBegan').map(({ names }) => names)).toEqual([['other'], ['slow']]);
		expect(trace.all('waitEnded').map(({ ok }) => ok)).toEqual([false, false]);
		expect(trace.sidekick('other')).toEqual([]);
		expect(trace.all('seen')).toEqual([]);
	});

	test('a crash: on the thread that the sidekick ran on; the next run, readers keep the snapshot', async () => {
		const { scope, trace } = await traced();
		await using _ = scope;
		scope.write('go', '');
		await scope.get('/classic.php?names=config');
		scope.write('crash', '');
		const second = await trace.until('thread', { role: 'sidekick' }, 2);
		await eventually('the second run to be ready', () => trace.sidekick('config').at(-1)?.event.type === 'ready');
		const [first] = trace.all('thread', { role: 'sidekick' });
		expect(trace.sidekick('config').map(({ thread, event }) => [event.type, thread])).toEqual([
			['starting', undefined],
			['ready', first?.thread],
			['crashed', first?.thread],
			['backing-off', first?.thread],
			['starting', undefined],
			['ready', second.thread],
		]);
		// Nothing has changed: no publication.
		expect(trace.all('published')).toHaveLength(1);
		expect(trace.backwards).toEqual([]);
	});

	test('a new sidekick in the place of a former one has its own name', async () => {
		const { scope, trace } = await traced({ sidekickMax: 1 });
		await using _ = scope;
		scope.write('go', '');
		const names = Array.from({ length: 20 }, (_, i) => `no-${i}`);
		for (const name of names) {
			await scope.get(`/classic.php?names=${name}`);
			await scope.running.sidekicks.stop(name);
		}
		await trace.until('answered', {}, names.length);
		expect(trace.all('published').map(({ name, first }) => [name, first])).toEqual(names.map((name) => [name, true]));
		expect(trace.all('seen').map(({ name }) => name)).toEqual(names);
	});

	test('threads: they boot, take roles, end; the last batch tells all of it', async () => {
		const { scope, trace } = await traced({ workers: [{ file: 'worker.php', num: 1 }] });
		{
			await using _ = scope;
			await eventually('the reserve', () => scope.running.threads().some(({ role }) => role === 'spare'));
		}
		const roles = new Map<number, string[]>();
		for (const { thread, role } of trace.all('thread')) roles.set(thread, [...(roles.get(thread) ?? []), role]);
		const lives = [...roles.values()].map((life) => life.join(' '));
		expect(lives).toContain('booting spare classic ended');
		expect(lives).toContain('booting spare worker ended');
		for (const life of lives) expect(life).toMatch(/^booting .*ended$/);
		expect(trace.all('thread', { role: 'worker' })[0]?.label).toMatch(/worker\.php$/);
		const told = trace.events.length;
		// Another scope's trace has come round more than once meanwhile.
		const other = await traced({}, { 'page.php': 'hello' });
		await using _ = other.scope;
		await other.trace.until('thread', { role: 'classic' });
		for (let request = 1; request <= 3; request++) {
			await other.scope.get('/page.php');
			await other.trace.until('answered', {}, request);
		}
		expect(trace.events.length).toBe(told);
	});

	test('a client that goes away: status 0', async () => {
		const { scope, trace } = await traced();
		await using _ = scope;
		const leave = new AbortController();
		const gone = scope.server.fetch('/classic.php?names=config', { signal: leave.signal });
		const { request } = await trace.until('waitBegan');
		leave.abort();
		await expect(gone).rejects.toThrow();
		expect(await trace.until('answered')).toMatchObject({ request, status: 0 });
		scope.write('go', '');
		await trace.until('requestEnded', { request });
		await scope.get('/classic.php?names=config');
		await trace.until('answered', { status: 200 });
		expect(trace.all('answered', { request })).toHaveLength(1);
	});

	test('a thread that is ended in the middle of a request', async () => {
		const { scope, trace } = await traced();
		await using _ = scope;
		const answer = scope.server.fetch('/loop.php');
		const { thread, request } = await trace.until('requestBegan');
		expect(await scope.running.endThread(thread)).toBe(true);
		expect((await answer).status).toBe(500);
		const answered = await trace.until('answered', { request });
		expect(answered.status).toBe(500);
		const [ended] = trace.all('thread', { thread, role: 'ended' });
		expect(trace.order(answered, ended as NonNullable<typeof ended>)).toEqual(['thread', 'answered']);
		expect(trace.all('requestEnded', { request })).toEqual([]);
		await trace.until('thread', { role: 'classic' }, 2);
	});

	test('more than a thread can record: the rest is dropped and counted, and it goes on', async () => {
		const flood = `<?php
			frankenphp_sidekick_set_vars(['n' => 'first']);
			$wait = static function (string $file): void { while (!is_file(__DIR__ . "/$file")) { usleep(1000); clearstatcache(); } };
			$wait('flood');
			for ($i = 0; $i < 5000; $i++) frankenphp_sidekick_set_vars(['n' => "$i"]);
			file_put_contents(__DIR__ . '/flooded', '');
			$wait('more');
			frankenphp_sidekick_set_vars(['n' => 'last']);
			while (!frankenphp_sidekick_should_stop()) sleep(60);
		`;
		const { scope, trace } = await traced({ sidekickEager: ['flood'] }, { 'console.php': flood });
		await using _ = scope;
		await trace.until('published', { first: true });
		scope.write('flood', '');
		// The main thread is blocked meanwhile: nobody collects.
		scope.blockUntil('flooded');
		await eventually('the warning', () => scope.log.matching('The trace has gaps').length > 0);
		const dropped = Number(scope.log.matching('The trace has gaps')[0]?.context.dropped);
		expect(dropped).toBeGreaterThan(0);
		expect(trace.all('published').length + dropped).toBe(5001);
		scope.write('more', '');
		await trace.until('published', { version: 5002 });
		expect(scope.log.matching('The trace has gaps')).toHaveLength(1);
	});

	test('a listener that throws is logged, and does no harm', async () => {
		let calls = 0;
		const onTrace = (): never => {
			calls++;
			throw new Error('a bad listener');
		};
		await using scope = await Scope.start(FILES, OPTIONS, { onTrace });
		const before = calls;
		scope.write('go', '');
		await scope.get('/classic.php?names=config');
		await eventually('another batch', () => calls > before);
		expect(scope.log.matching('a bad listener').length).toBe(calls);
	});
});
