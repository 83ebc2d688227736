import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { PAGE, SIDEKICK, worker } from './fixtures.ts';

const FILES = {
	'page.php': PAGE,
	'worker.php': worker(),
	'loop.php': '<?php while (true);',
	'half.php': '<?php echo "half"; flush(); while (true);',
	'console.php': SIDEKICK,
	'vars.php': '<?php echo json_encode(frankenphp_sidekick_get_vars("one"));',
};

describe('endThread()', () => {
	const idOf = (scope: Scope, role: string): number =>
		scope.running.threads().find((thread) => thread.role === role && thread.state !== 'booting')?.id ?? -1;

	test('a request in an endless loop fails with 500; its thread is replaced', async () => {
		await using scope = await Scope.start(FILES);
		const first = idOf(scope, 'classic');
		const looping = scope.server.fetch('/loop.php');
		await scope.busy(1);
		expect(await scope.running.endThread(first)).toBe(true);
		expect((await looping).status).toBe(500);
		expect(scope.running.threads().map(({ id }) => id)).not.toContain(first);
		expect(await scope.get('/page.php')).toMatch(/^page/);
		expect(idOf(scope, 'classic')).not.toBe(first);
		expect(scope.log.matching('somebody asked for it')[0]).toMatchObject({ level: 'warn', context: { thread: first } });
	});

	test('half a response is broken off', async () => {
		await using scope = await Scope.start(FILES);
		const response = await scope.server.fetch('/half.php');
		expect(response.status).toBe(200);
		await scope.running.endThread(idOf(scope, 'classic'));
		await expect(response.text()).rejects.toThrow();
	});

	test('a worker: in a request, and between two', async () => {
		await using scope = await Scope.start(FILES, { workers: [{ file: 'worker.php', num: 1 }] });
		const held = scope.server.fetch('/worker.php?hold=never');
		await scope.busy(1);
		expect(await scope.running.endThread(idOf(scope, 'worker'))).toBe(true);
		expect((await held).status).toBe(500);
		expect(await scope.get('/worker.php')).toMatch(/ 1$/);
		expect(await scope.running.endThread(idOf(scope, 'worker'))).toBe(true);
		expect(await scope.get('/worker.php')).toMatch(/ 1$/);
		expect(scope.running.measures().workers[0]).toMatchObject({ crashes: 2, total: 1 });
	});

	test('a sidekick is started again; its readers keep the snapshot', async () => {
		await using scope = await Scope.start(FILES, { sidekickEntrypoint: 'console.php' });
		const snapshot = await scope.get('/vars.php');
		const first = scope.running.sidekicks.get('one')?.threadId ?? -1;
		expect(await scope.running.endThread(first)).toBe(true);
		expect(await scope.get('/vars.php')).toBe(snapshot);
		await eventually('the next run', () => {
			const info = scope.running.sidekicks.get('one');
			return info?.state === 'ready' && info.threadId !== first;
		});
	});

	test('the reserve is booted again', async () => {
		await using scope = await Scope.start(FILES);
		const first = await eventually('the reserve', () => idOf(scope, 'spare') > 0 && idOf(scope, 'spare'));
		expect(await scope.running.endThread(first)).toBe(true);
		const second = await eventually('the next one', () => idOf(scope, 'spare') > 0 && idOf(scope, 'spare'));
		expect(second).not.toBe(first);
	});

	test('no thread of this id: nothing happens', async () => {
		await using scope = await Scope.start(FILES);
		const before = scope.serving();
		expect(await scope.running.endThread(99_999)).toBe(false);
		expect(scope.serving().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
	});

	test('twice at the same time, and while everything ends', async () => {
		await using scope = await Scope.start(FILES);
		const id = idOf(scope, 'classic');
		expect(await Promise.all([scope.running.endThread(id), scope.running.endThread(id)])).toEqual([true, true]);
		expect(await scope.running.endThread(id)).toBe(false);
		const next = await eventually('the next one', () => idOf(scope, 'classic') > 0 && idOf(scope, 'classic'));
		await Promise.all([scope.server.close(), scope.running.endThread(next)]);
		expect(scope.running.threads()).toEqual([]);
	});
});

test('threads() tells the memory of each PHP, which grows with what it is asked to hold', {
	timeout: 30_000,
}, async () => {
	const megabytes = '<?php $text = str_repeat("x", (int) $_GET["mb"] << 20); echo strlen($text);';
	await using scope = await Scope.start({ 'megabytes.php': megabytes }, { phpIni: { memory_limit: '512M' } });
	const memory = (): number => scope.serving()[0]?.memory ?? 0;
	const atStart = memory();
	expect(atStart).toBeGreaterThan(1 << 20);
	expect(atStart % 65_536).toBe(0);
	// It begins with more than it needs.
	await scope.get('/megabytes.php?mb=200');
	expect(memory() - atStart).toBeGreaterThan(100 << 20);
	const grown = memory();
	await scope.get('/megabytes.php?mb=1');
	expect(memory()).toBe(grown);
});
