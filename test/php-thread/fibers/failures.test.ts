import { describe, expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

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

describe.each(platform.phpVersions)('a fiber on PHP %s', (php) => {
	test('that fails or never ends costs its own request, and no other', async () => {
		await using scope = await Scope.start(FILES, {
			php,
			workers: [{ file: 'worker.php', num: 1 }],
			phpIni: { max_execution_time: '1' },
		});
		const fetch = (path: string): Promise<Response> =>
			scope.server.fetch(path, { signal: AbortSignal.timeout(20_000) });
		const limits = (): number => scope.log.matching('Maximum execution time of 1 second').length;
		/** In both modes at once: each loop takes its second. */
		const harm = async (classic: string, worker: string): Promise<void> => {
			const paths = [`/${classic}.php`, `/worker.php?do=${worker}`];
			for (const response of await Promise.all(paths.map(fetch))) {
				expect(response.status).toBe(500);
				expect(await response.text()).not.toContain('not reached');
			}
			expect(await scope.get('/well.php'), `after ${classic}`).toBe('well');
			expect(await scope.get('/worker.php?do=well'), `after ${worker}`).toBe('well');
		};
		await harm('error', 'error');
		await harm('memory', 'memory');
		expect(limits()).toBe(0);
		await harm('loop', 'nested-loop');
		expect(limits()).toBeGreaterThanOrEqual(2);
		await harm('error', 'error');
	});
});
