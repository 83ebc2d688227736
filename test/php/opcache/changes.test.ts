import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, run, writeApp } from '../../program/support/igor.ts';
import { Application, MODES } from '../../support/application.ts';
import { lacking } from '../../support/lacking.ts';
import { platform } from '../../support/node/platform.ts';
import { missingPhp } from '../../support/programs.ts';

/* PHP files that change. What is right is what PHP's opcache sees under php-fpm, and under php with enable_cli. */

const FIXTURE = fileURLToPath(new URL('fixtures/changes.php', import.meta.url));

/** What opcache has of a file. */
type Known = { cached: boolean; hits?: number; timestamp?: number };

const SEEN = {
	rewritten: [1, 2, 3],
	'rewritten, with the time stamp of before': [1, 2],
	'renamed over': [1, 2, 3],
	removed: [1, false, 2],
	'renamed away': [1, false, 1],
	'copied over': [1, 2],
	'compiled before': [true, 2],
	'by a relative path': [1, 2],
	'behind a link that is switched': [1, 2],
	'old, invalidated': [1, 1, 2],
	'old, with the same time stamp, invalidated': [1, 1, 2],
	'old, always looked at': [1, 2, 3, false],
};

const OLD = 1_000_000_000;
/** A file of the future stays newer than any request of the test, however slow the machine. */
const YOUNG = Math.floor(Date.now() / 1000) + 3600;

describe.each(platform.phpVersions)('PHP %s', (php) => {
	let app: Application;
	beforeAll(async () => {
		app = await Application.start({ php, threads: 1, workerThreads: 1 });
		app.files.write('changes.php', readFileSync(FIXTURE, 'utf8'));
		app.files.write('requests/changes.php', "<?php return (require __DIR__ . '/../changes.php')($_GET['folder']);");
		app.files.write(
			'requests/load.php',
			"<?php foreach ($_GET['ini'] ?? [] as $ini) ini_set(...explode('=', $ini)); return @include $_GET['file'];",
		);
		app.files.write(
			'requests/known.php',
			`<?php
			$script = opcache_get_status(true)['scripts'][$_GET['file']] ?? [];
			return ['cached' => opcache_is_script_cached($_GET['file'])] + array_intersect_key($script, ['hits' => 1, 'timestamp' => 1]);`,
		);
		app.files.write('requests/reset.php', '<?php return opcache_reset();');
		app.files.write('requests/status.php', '<?php return opcache_get_status(false);');
	});
	afterAll(async () => {
		await app?.[Symbol.asyncDispose]();
	});
	afterEach(cleanUp);

	/** Writes a script that returns `value`, with that time stamp; by a rename, as deployments do, if it is to be `new`. */
	function write(name: string, value: number, time: number, how: 'in place' | 'new file' = 'in place'): string {
		const path = join(app.folder, name);
		const written = how === 'in place' ? path : `${path}.new`;
		writeFileSync(written, `<?php return ${value};`);
		utimesSync(written, time, time);
		if (how === 'new file') renameSync(written, path);
		return path;
	}

	describe.each(MODES)('%s', (mode) => {
		const load = (file: string, ...ini: string[]) => app.value(mode, 'load', { file, ini });
		const known = (file: string) => app.value<Known>(mode, 'known', { file });

		test('a script sees each change that it makes itself', async () => {
			expect(await app.value(mode, 'changes', { folder: join(app.folder, `made-${mode}`) })).toEqual(SEEN);
		});

		test('a request sees what became of a young file since the last one, whatever its time stamp', async () => {
			const file = write(`young-${mode}.php`, 1, YOUNG);
			expect(await load(file)).toBe(1);
			write(`young-${mode}.php`, 2, YOUNG);
			expect(await load(file)).toBe(2);
			write(`young-${mode}.php`, 3, YOUNG, 'new file');
			expect(await load(file)).toBe(3);
			unlinkSync(file);
			expect(await load(file)).toBe(false);
			write(`young-${mode}.php`, 4, YOUNG, 'new file');
			expect(await load(file)).toBe(4);
			expect(await known(file)).toEqual({ cached: false });
		});

		test('an old file is compiled once; a change is seen as soon as opcache looks, also one to an older file', async () => {
			const file = write(`old-${mode}.php`, 1, OLD);
			expect([await load(file), await load(file), await load(file)]).toEqual([1, 1, 1]);
			expect(await known(file)).toEqual({ cached: true, hits: 2, timestamp: OLD });
			write(`old-${mode}.php`, 2, OLD + 1);
			expect(await load(file, 'opcache.revalidate_freq=0')).toBe(2);
			write(`old-${mode}.php`, 3, OLD - 1, 'new file');
			expect(await load(file, 'opcache.revalidate_freq=0')).toBe(3);
			unlinkSync(file);
			expect(await load(file, 'opcache.revalidate_freq=0')).toBe(false);
		});

		test('opcache looks again by itself after a while', async () => {
			const file = write(`later-${mode}.php`, 1, OLD);
			expect(await load(file)).toBe(1);
			write(`later-${mode}.php`, 2, OLD + 1);
			await expect.poll(() => load(file), { timeout: 20_000 }).toBe(2);
			unlinkSync(file);
			await expect.poll(() => load(file), { timeout: 20_000 }).toBe(false);
		});

		test('a file that was young when the thread started is cached once it is old enough', async () => {
			const file = write(`growing-${mode}.php`, 1, Date.now() / 1000);
			await expect
				.poll(async () => [await load(file), (await known(file)).cached], { timeout: 20_000 })
				.toEqual([1, true]);
			write(`growing-${mode}.php`, 2, Date.now() / 1000);
			await expect.poll(() => load(file), { timeout: 20_000 }).toBe(2);
		});
	});

	test('the page itself: each edit is seen, also within a second', async () => {
		for (const text of ['A', 'B', 'C']) {
			writeFileSync(join(app.folder, 'page.php'), `<?php echo '${text}';`);
			utimesSync(join(app.folder, 'page.php'), YOUNG, YOUNG);
			expect(await (await app.server.fetch('/page.php')).text()).toBe(text);
		}
	});

	test('opcache_reset() empties the cache, which goes on caching', async () => {
		type Status = {
			opcache_enabled: boolean;
			restart_pending: boolean;
			opcache_statistics: { manual_restarts: number };
		};
		const file = write('reset.php', 1, OLD);
		expect(await app.value('classic', 'load', { file })).toBe(1);
		write('reset.php', 2, OLD);
		const before = await app.value<Status>('classic', 'status');
		expect(await app.value('classic', 'reset')).toBe(true);
		expect(await app.value('classic', 'load', { file })).toBe(2);
		expect(await app.value('classic', 'load', { file })).toBe(2);
		expect(await app.value<Known>('classic', 'known', { file })).toEqual({ cached: true, hits: 1, timestamp: OLD });
		expect(await app.value<Status>('classic', 'status')).toMatchObject({
			opcache_enabled: true,
			restart_pending: false,
			opcache_statistics: { manual_restarts: before.opcache_statistics.manual_restarts + 1 },
		});
	});

	test('a cache that is full of what is outdated starts again, and goes on caching', async () => {
		type Status = { opcache_enabled: boolean; opcache_statistics: { oom_restarts: number } };
		// 1.3 MB each, more than the cache has.
		const rounds = 80;
		app.files.write(
			'requests/fill.php',
			`<?php
			$file = __DIR__ . '/../state/big.php';
			for ($i = 0; $i < ${rounds}; $i++) {
				file_put_contents($file, '<?php return [' . str_repeat("$i,", 80_000) . '];');
				touch($file, ${OLD} + $i);
				opcache_invalidate($file, true);
				if ((include $file)[7] !== $i) return "wrong at $i";
			}
			return 'right';`,
		);
		app.put('big.php');
		expect(await app.value('classic', 'fill')).toBe('right');
		const file = write('after-fill.php', 1, OLD);
		expect(await app.value('classic', 'load', { file })).toBe(1);
		const status = await app.value<Status>('classic', 'status');
		expect(status.opcache_enabled).toBe(true);
		expect(status.opcache_statistics.oom_restarts).toBeGreaterThan(0);
		expect(await app.value<Known>('classic', 'known', { file })).toMatchObject({ cached: true });
	});

	test('php-cli: a script sees each change that it makes itself', async () => {
		const folder = writeApp({
			'changes.php': readFileSync(FIXTURE, 'utf8'),
			'main.php': "<?php echo json_encode((require __DIR__ . '/changes.php')(__DIR__ . '/made'));",
		});
		const { out } = await run(['php-cli', '--php', php, '-d', 'opcache.enable_cli=1', 'main.php'], folder);
		expect(JSON.parse(out)).toEqual(SEEN);
	});
});

test.skipIf(lacking(missingPhp('Zend OPcache')))('native PHP with opcache sees the same', () => {
	const folder = mkdtempSync(join(tmpdir(), 'igor-opcache-'));
	try {
		const code = `echo json_encode((require '${FIXTURE}')('${folder}/made'));`;
		const out = execFileSync('php', ['-d', 'opcache.enable_cli=1', '-r', code], {
			encoding: 'utf8',
			cwd: dirname(FIXTURE),
		});
		expect(JSON.parse(out)).toEqual(SEEN);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
