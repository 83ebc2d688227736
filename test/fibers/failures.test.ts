import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';

const WELL = `<?php $f = new Fiber(fn () => Fiber::suspend('well')); echo $f->start();`;

/** By file: what goes wrong in a fiber. */
const HARM = {
	'error.php': 'undefined_function();',
	'memory.php': "str_repeat('x', 1 << 30);",
	'loop.php': 'while (true);',
	'nested-loop.php': '$inner = new Fiber(function () { while (true); }); $inner->start();',
};
const WORKER = `<?php while (frankenphp_handle_request(function (): void { require __DIR__ . "/{$_GET['do']}.php"; }));`;

const harmful = Object.entries(HARM).map(([name, code]) => [
	name,
	`<?php $f = new Fiber(function () { ${code} }); $f->start(); echo 'not reached';`,
]);
const FILES = { ...Object.fromEntries(harmful), 'well.php': WELL, 'worker.php': WORKER };

describe.each(platform.phpVersions)('a fiber on PHP %s', { timeout: 60_000 }, (php) => {
	test.each(['classic', 'worker'])('that fails or never ends costs its own %s request, and no other', async (mode) => {
		const path = (name: string): string => (mode === 'classic' ? `/${name}.php` : `/worker.php?do=${name}`);
		await using scope = await Scope.start(FILES, {
			php,
			workers: mode === 'worker' ? [{ file: 'worker.php', num: 1 }] : [],
			phpIni: { max_execution_time: '1' },
		});
		const logged = (): number => scope.log.matching('Maximum execution time of 1 second').length;
		for (const name of ['error', 'memory', 'loop', 'error', 'nested-loop']) {
			const before = logged();
			const response = await scope.server.fetch(path(name), { signal: AbortSignal.timeout(20_000) });
			expect([name, response.status]).toEqual([name, 500]);
			expect(await response.text()).not.toContain('not reached');
			expect(logged() > before, `${name}: the log tells of the limit`).toBe(name.endsWith('loop'));
			expect(await scope.get(path('well')), `after ${name}`).toBe('well');
		}
	});
});
