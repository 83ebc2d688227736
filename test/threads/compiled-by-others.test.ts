import { describe, expect, test } from 'vitest';
import type { StartOptions } from '../support/app-files.ts';
import { eventually } from '../support/eventually.ts';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';

const CLASSES = 150;
/** More than a copy is made after. */
const REQUESTS = 15;

/** Files are compiled once and never looked at again: what is new can only come from somewhere else. */
const FOR_EVER = { 'opcache.validate_timestamps': '0', 'opcache.file_update_protection': '0' };
/** … are looked at by each request. */
const ALWAYS = { 'opcache.revalidate_freq': '0', 'opcache.file_update_protection': '0' };

/** Milliseconds: opcache counts in seconds. */
const OLD_ENOUGH = 1100;

type Page = { version: string; thread: number; hits: number; misses: number; scripts: number };

function classNumber(i: number, version: string): string {
	const methods = Array.from(
		{ length: 8 },
		(_, m) =>
			`public static function m${m}(int $a, ?string $b = 'b${m}'): array { static $n = 0; $n++; return ['${version}', $a + $n, $b, fn($x) => $x + $a]; }`,
	);
	return `<?php final class C${i} extends ArrayObject implements JsonSerializable {
		const X = ['c${i}' => ['version' => '${version}']];
		${methods.join('\n')}
		public function jsonSerialize(): mixed { return self::X; }
	}`;
}

/** All classes, and what opcache says. */
const PAGE = `<?php
	foreach (range(0, ${CLASSES - 1}) as $i) { require_once __DIR__ . "/C$i.php"; }
	if (isset($_GET['do'])) eval($_GET['do']);
	foreach (range(0, ${CLASSES - 1}) as $i) { $class = "C$i"; $seen[json_encode(new $class([]))] = $class::m3($i)[0]; }
	$status = opcache_get_status(false);
	echo json_encode(['version' => implode(',', array_unique($seen)), 'thread' => FIRST + getmypid(), 'scripts' => count($seen),
		'hits' => $status['opcache_statistics']['hits'], 'misses' => $status['opcache_statistics']['misses']]);
`;

function files(version: string): Record<string, string> {
	return Object.fromEntries(Array.from({ length: CLASSES }, (_, i) => [`C${i}.php`, classNumber(i, version)]));
}

const WORKER = `<?php
	const FIRST = 0;
	while (frankenphp_handle_request(static function () { include __DIR__ . '/page.php'; }));
`;

async function start(phpIni: Record<string, string>, options: StartOptions = {}): Promise<Scope> {
	return Scope.start(
		{
			...files('one'),
			'page.php': PAGE,
			'index.php': "<?php const FIRST = 0; require __DIR__ . '/page.php';",
			'worker.php': WORKER,
		},
		{ phpIni, workers: [{ file: 'worker.php', num: 1 }], ...options },
	);
}

async function ask(scope: Scope, path: string): Promise<Page> {
	return JSON.parse(await scope.get(path));
}

/** The last answer of a thread that has compiled everything a while ago. */
async function warmUp(scope: Scope, path: string): Promise<Page> {
	for (let i = 1; i < REQUESTS; i++) await scope.get(path);
	return ask(scope, path);
}

/** Replaces the thread that serves a path. */
async function replace(scope: Scope, path: string): Promise<void> {
	const role = path.startsWith('/worker') ? 'worker' : 'classic';
	const [thread] = scope.serving().filter((one) => one.role === role);
	if (thread === undefined) throw new Error(`no ${role} thread`);
	await scope.running.endThread(thread.id);
	await eventually('another thread', () =>
		scope.serving().some((one) => one.role === role && one.id !== thread.id && one.state === 'waiting'),
	);
}

const PATHS = ['/index.php', '/worker.php'];

describe.each(platform.phpVersions)('what a thread has compiled, PHP %s', (php) => {
	test.each(PATHS)('is there for the next one: %s', async (path) => {
		await using scope = await start(FOR_EVER, { php });
		const before = await warmUp(scope, path);
		await replace(scope, path);
		const after = await ask(scope, path);
		expect(after).toMatchObject({ version: 'one', scripts: CLASSES, misses: before.misses });
		expect(after.hits).toBeGreaterThan(before.hits / 2);
		for (let i = 0; i < REQUESTS; i++)
			expect(await ask(scope, path)).toMatchObject({ version: 'one', scripts: CLASSES });
	});

	test.each(PATHS)('is not there after a restart of the workers, even if nobody looks at files: %s', async (path) => {
		await using scope = await start(FOR_EVER, { php });
		await warmUp(scope, path);
		for (const [name, content] of Object.entries(files('two'))) scope.write(name, content);
		expect(await ask(scope, path)).toMatchObject({ version: 'one' });
		await scope.running.restartWorkers();
		expect(await ask(scope, path)).toMatchObject({ version: 'two' });
		await replace(scope, path);
		expect(await ask(scope, path)).toMatchObject({ version: 'two' });
	});

	test.each(PATHS)('is given up where it was declared out of date: %s', async (path) => {
		await using scope = await start(FOR_EVER, { php });
		await warmUp(scope, path);
		for (const [name, content] of Object.entries(files('two'))) scope.write(name, content);
		await scope.get(`${path}?do=${encodeURIComponent('opcache_reset();')}`);
		await replace(scope, path);
		expect(await ask(scope, path)).toMatchObject({ version: 'two' });
	});

	test.each(PATHS)('is given up, file by file, where that was declared: %s', async (path) => {
		await using scope = await start(FOR_EVER, { php });
		await warmUp(scope, path);
		scope.write('C7.php', classNumber(7, 'seven'));
		await scope.get(`${path}?do=${encodeURIComponent("opcache_invalidate(__DIR__ . '/C7.php', true);")}`);
		await replace(scope, path);
		expect(await ask(scope, path)).toMatchObject({ version: 'one,seven' });
	});

	test('is not believed where files are looked at', async () => {
		await using scope = await start(ALWAYS, { php });
		const { hits } = await warmUp(scope, '/index.php');
		const warm = Date.now();
		scope.write('C7.php', classNumber(7, 'seven'));
		// Until then it may be younger than what a thread need not look at again.
		await eventually('a copy that is old enough', () => Date.now() - warm > OLD_ENOUGH);
		await replace(scope, '/index.php');
		const after = await ask(scope, '/index.php');
		expect(after).toMatchObject({ version: 'one,seven', scripts: CLASSES });
		expect(after.hits).toBeGreaterThan(hits / 2);
	});

	test('is not for threads with another environment', async () => {
		await using scope = await start(FOR_EVER, {
			php,
			workers: [{ file: 'worker.php', num: 1, env: { A_VARIABLE: 'of some length' } }],
		});
		await warmUp(scope, '/index.php');
		await replace(scope, '/worker.php');
		expect((await ask(scope, '/worker.php')).hits).toBeLessThan(CLASSES);
	});

	test('is not copied from a cache that is full', async () => {
		const phpIni = { ...FOR_EVER, 'opcache.memory_consumption': '8', 'opcache.interned_strings_buffer': '7' };
		await using scope = await start(phpIni, { php });
		await warmUp(scope, '/index.php');
		await replace(scope, '/index.php');
		for (let i = 0; i < REQUESTS; i++) {
			expect(await ask(scope, '/index.php')).toMatchObject({ version: 'one', scripts: CLASSES });
		}
	});
});
