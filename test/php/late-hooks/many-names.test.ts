import { describe, expect, test } from 'vitest';
import { Scope } from '../../support/scope.ts';

const MEGABYTE = 1_000_000;
const SIZE = 8 * MEGABYTE;
const FILES = {
	'reader.php': `<?php
		foreach (explode(',', $_GET['n']) as $name) {
			$vars = frankenphp_sidekick_get_vars($name);
			if (strlen($vars['blob']) !== ${SIZE} || $vars['name'] !== $name) echo 'wrong ', $name;
			unset($vars);
		}
		echo 'ok';`,
	'worker.php': `<?php while (frankenphp_handle_request(function () { require 'reader.php'; })) {}`,
	console: `<?php
		frankenphp_sidekick_set_vars(['name' => $_SERVER['argv'][1], 'blob' => str_repeat($_SERVER['argv'][1][0], ${SIZE})]);
		while (!frankenphp_sidekick_should_stop()) usleep(1000);`,
};

/** How much memory the serving threads have gained since. */
function grown(scope: Scope, before: number): number {
	return scope.serving().reduce((sum, { memory }) => sum + memory, 0) - before;
}

describe.each(['/reader.php', '/worker.php'])('%s', (path) => {
	const start = (sidekickMax: number) =>
		Scope.start(FILES, {
			workers: [{ file: 'worker.php', num: 1 }],
			sidekickEntrypoint: 'console',
			sidekickMax,
			maxThreadMemory: 0,
			phpIni: { memory_limit: '512M' },
		});

	test('names that were read and are no more leave nothing behind', async () => {
		await using scope = await start(2);
		for (let i = 0; i < 2; i++) {
			expect(await scope.get(`${path}?n=first-${i}`)).toBe('ok');
			await scope.server.sidekicks.stop(`first-${i}`);
		}
		const before = grown(scope, 0);
		for (let i = 0; i < 10; i++) {
			expect(await scope.get(`${path}?n=name-${i}`)).toBe('ok');
			await scope.server.sidekicks.stop(`name-${i}`);
		}
		expect(grown(scope, before)).toBeLessThan(3 * SIZE);
	});

	test('of many large ones, what is kept has a limit, and each is right', async () => {
		await using scope = await start(6);
		const names = Array.from({ length: 6 }, (_, i) => `name-${i}`);
		for (const name of names) expect(await scope.get(`${path}?n=${name}`)).toBe('ok');
		const before = grown(scope, 0);
		// Nothing is kept that was not kept before, however often they are read.
		for (const name of [...names, ...names]) expect(await scope.get(`${path}?n=${name}`)).toBe('ok');
		expect(grown(scope, before)).toBeLessThan(SIZE);
		// All of them again, and in one request: each is read anew where it was forgotten.
		for (let i = 0; i < 2; i++) expect(await scope.get(`${path}?n=${names.join()}`)).toBe('ok');
	});
});
