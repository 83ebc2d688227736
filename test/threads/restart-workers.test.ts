import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { PAGE, worker } from './fixtures.ts';

describe('restartWorkers()', () => {
	test.each([1, 3])('%i threads: the new code answers afterwards, and no request fails meanwhile', async (num) => {
		await using scope = await Scope.start({ 'worker.php': worker('v0') }, { workers: [{ file: 'worker.php', num }] });
		let isLoading = true;
		const seen = new Set<string>();
		const load = Array.from({ length: 4 }, async () => {
			while (isLoading) seen.add((await scope.get('/worker.php')).split(' ')[0] as string);
		});
		await eventually('an answer of the first code', () => seen.has('v0'));
		for (const version of ['v1', 'v2', 'v3']) {
			// Files that change at once: opcache must not answer from what it has seen a moment ago.
			scope.write('worker.php', worker(version));
			await scope.running.restartWorkers();
			const answers = await Promise.all(Array.from({ length: 10 }, () => scope.get('/worker.php')));
			expect(new Set(answers.map((answer) => answer.split(' ')[0]))).toEqual(new Set([version]));
		}
		isLoading = false;
		await Promise.all(load);
		expect(seen).toEqual(new Set(['v0', 'v1', 'v2', 'v3']));
		await eventually('the old threads to go', () => scope.running.measures().workers[0]?.restarts === 3 * num);
		expect(scope.running.measures().workers[0]).toMatchObject({ total: num, ready: num, crashes: 0 });
	});

	test('a request that runs goes on to its end, with the old code', async () => {
		await using scope = await Scope.start(
			{ 'worker.php': worker('old') },
			{ workers: [{ file: 'worker.php', num: 1 }] },
		);
		const held = scope.get('/worker.php?hold=it');
		await scope.busy(1);
		scope.write('worker.php', worker('new'));
		await scope.running.restartWorkers();
		expect(await scope.get('/worker.php')).toMatch(/^new /);
		scope.write('it.go', '');
		expect(await held).toMatch(/^old /);
	});

	test('new code that does not start is refused with its PHP error; the old code goes on', async () => {
		await using scope = await Scope.start(
			{ 'worker.php': worker('old') },
			{ workers: [{ file: 'worker.php', num: 2 }], maxConsecutiveFailures: 1 },
		);
		scope.write('worker.php', '<?php\nthrow new LogicException("not ready yet");');
		await expect(scope.running.restartWorkers()).rejects.toThrow(/not ready yet in \S+worker\.php:2/);
		for (let i = 0; i < 10; i++) expect(await scope.get('/worker.php')).toMatch(/^old /);
		await scope.servingThreads(3);
		scope.write('worker.php', worker('new'));
		await scope.running.restartWorkers();
		for (let i = 0; i < 10; i++) expect(await scope.get('/worker.php')).toMatch(/^new /);
	});

	test('calls while one runs share the next one', async () => {
		await using scope = await Scope.start({ 'worker.php': worker() }, { workers: [{ file: 'worker.php', num: 1 }] });
		await Promise.all(Array.from({ length: 5 }, () => scope.running.restartWorkers()));
		await eventually('both restarts', () => scope.running.measures().workers[0]?.restarts === 2);
	});

	test('a worker that crashes all the time does not keep it from ending', async () => {
		await using scope = await Scope.start(
			{
				'worker.php':
					'<?php while (frankenphp_handle_request(static function (): void { if (isset($_GET["die"])) exit(3); echo "fine"; }));',
			},
			{ workers: [{ file: 'worker.php', num: 2 }] },
		);
		let isCrashing = true;
		const crashes = (async () => {
			while (isCrashing) await (await scope.server.fetch('/worker.php?die=1')).text();
		})();
		for (let i = 0; i < 3; i++) await scope.running.restartWorkers();
		isCrashing = false;
		await crashes;
		expect(await scope.get('/worker.php')).toBe('fine');
		expect(scope.running.measures().workers[0]?.crashes).toBeGreaterThan(0);
		await eventually('two threads', () => scope.running.measures().workers[0]?.total === 2);
	});

	test('a stop meanwhile ends it; nothing hangs', async () => {
		const scope = await Scope.start(
			{ 'worker.php': worker() },
			{ workers: [{ file: 'worker.php', num: 2 }], stopTimeout: 300 },
		);
		scope.write('worker.php', '<?php while (true) usleep(1000);');
		const restart = scope.running.restartWorkers().then(
			() => 'restarted',
			() => 'refused',
		);
		await eventually('a third thread', () => scope.running.measures().workers[0]?.total === 3);
		await scope[Symbol.asyncDispose]();
		expect(await restart).toBe('refused');
	});
});

test('classic requests see what has changed, also a moment after the former change', async () => {
	await using scope = await Scope.start({ 'page.php': '<?php echo "v0";' }, { threads: 2 });
	for (const version of ['v1', 'v2', 'v3']) {
		await Promise.all([scope.get('/page.php'), scope.get('/page.php')]);
		scope.write('page.php', `<?php echo "${version}";`);
		await scope.running.restartWorkers();
		for (let i = 0; i < 5; i++) expect(await scope.get('/page.php')).toBe(version);
	}
});

test('a file that is a second newer is seen by classic requests without a restart', async () => {
	const touch = '<?php var_dump(touch(__DIR__ . "/page.php", time() + 2));';
	await using scope = await Scope.start({ 'page.php': PAGE, 'touch.php': touch });
	await scope.get('/page.php');
	scope.write('page.php', '<?php echo "changed";');
	expect(await scope.get('/touch.php')).toContain('true');
	await eventually('the new code', async () => (await scope.get('/page.php')) === 'changed');
});
