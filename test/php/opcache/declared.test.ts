import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Application, MODES, type Mode } from '../../support/application.ts';
import { platform } from '../../support/node/platform.ts';

/* What one thread declares out of date is so on the other one: a classic thread, and one with a worker. */

const OLD = 1_000_000_000;
const other = (mode: Mode): Mode => (mode === 'classic' ? 'worker' : 'classic');

describe.each(platform.phpVersions)('PHP %s', (php) => {
	let app: Application;
	beforeAll(async () => {
		// Nobody looks by himself.
		const phpIni = { 'opcache.revalidate_freq': '3600' };
		app = await Application.start({ php, threads: 1, workerThreads: 1, phpIni });
		app.files.write('requests/load.php', "<?php return include $_GET['file'];");
		app.files.write(
			'requests/invalidate.php',
			"<?php return opcache_invalidate($_GET['file'], (bool) ($_GET['force'] ?? false));",
		);
		app.files.write(
			'requests/invalidate-many.php',
			`<?php
			opcache_invalidate($_GET['file'], true);
			for ($i = 0; $i < 300; $i++) opcache_invalidate(__DIR__ . '/load.php', true);
			return true;`,
		);
		app.files.write('requests/reset.php', '<?php return opcache_reset();');
	});
	afterAll(() => app?.[Symbol.asyncDispose]());

	function write(name: string, value: number, time: number): string {
		const path = join(app.folder, name);
		writeFileSync(path, `<?php return ${value};`);
		utimesSync(path, time, time);
		return path;
	}

	const load = async (file: string): Promise<unknown[]> => {
		const seen: unknown[] = [];
		for (const mode of MODES) seen.push(await app.value(mode, 'load', { file }));
		return seen;
	};

	test.each(MODES)('opcache_invalidate() on the %s thread, of this file and no other', async (mode) => {
		const file = write(`invalidated-${mode}.php`, 1, OLD);
		const bystander = write(`bystander-${mode}.php`, 1, OLD);
		expect([await load(file), await load(bystander)]).toEqual([Array(2).fill(1), Array(2).fill(1)]);
		write(`invalidated-${mode}.php`, 2, OLD + 1);
		write(`bystander-${mode}.php`, 2, OLD + 1);
		expect(await load(file)).toEqual([1, 1]);
		expect(await app.value(mode, 'invalidate', { file })).toBe(true);
		expect(await app.value(other(mode), 'load', { file })).toBe(2);
		expect([await load(file), await load(bystander)]).toEqual([
			[2, 2],
			[1, 1],
		]);
	});

	test.each(MODES)('opcache_invalidate() on the %s thread, by force: also with the same time stamp', async (mode) => {
		const file = write(`forced-${mode}.php`, 1, OLD);
		expect(await load(file)).toEqual([1, 1]);
		write(`forced-${mode}.php`, 2, OLD);
		expect(await app.value(mode, 'invalidate', { file })).toBe(true);
		expect(await load(file)).toEqual([1, 1]);
		expect(await app.value(mode, 'invalidate', { file, force: 1 })).toBe(true);
		expect(await load(file)).toEqual([2, 2]);
	});

	test.each(MODES)('opcache_invalidate() on the %s thread, of more files than are remembered', async (mode) => {
		const file = write(`many-${mode}.php`, 1, OLD);
		expect(await load(file)).toEqual([1, 1]);
		write(`many-${mode}.php`, 2, OLD);
		expect(await app.value(mode, 'invalidate-many', { file })).toBe(true);
		expect(await load(file)).toEqual([2, 2]);
	});

	test.each(MODES)('opcache_reset() on the %s thread', async (mode) => {
		const file = write(`reset-${mode}.php`, 1, OLD);
		expect(await load(file)).toEqual([1, 1]);
		write(`reset-${mode}.php`, 2, OLD);
		expect(await app.value(mode, 'reset')).toBe(true);
		expect(await load(file)).toEqual([2, 2]);
		// It goes on caching.
		write(`reset-${mode}.php`, 3, OLD);
		expect(await load(file)).toEqual([2, 2]);
	});
});
