import { expect, test } from 'vitest';
import { Scope } from '../support/scope.ts';
import { SIDEKICK } from './fixtures.ts';

const SEES = `echo json_encode([getenv('ROLE'), $_ENV['ROLE'] ?? null, $_SERVER['ROLE'] ?? null, getenv('SITE')]);`;
const FILES = {
	'page.php': `<?php ${SEES}`,
	'vars.php': '<?php echo json_encode(frankenphp_sidekick_get_vars($_GET["name"]));',
	'worker.php': `<?php while (frankenphp_handle_request(static function (): void { ${SEES} }));`,
	'second.php': `<?php while (frankenphp_handle_request(static function (): void { ${SEES} }));`,
	'console.php': SIDEKICK,
	'ends.php': `<?php frankenphp_sidekick_set_vars(['role' => (string) getenv('ROLE')]);`,
};

test('each role sees its own variables beside those of the scope', async () => {
	await using scope = await Scope.start(FILES, {
		workers: [
			{ file: 'worker.php', num: 1, env: { ROLE: 'worker', SITE: 'worker site' } },
			{ file: 'second.php', num: 1 },
		],
		env: { SITE: 'the site' },
		sidekickEntrypoint: 'console.php',
		sidekickEnv: { ROLE: 'ümläut = "sidekick"' },
	});
	const of = async (path: string) => JSON.parse(await scope.get(path));
	expect(await of('/worker.php')).toEqual(['worker', 'worker', null, 'the site']);
	expect(await of('/second.php')).toEqual([false, null, null, 'the site']);
	expect(await of('/page.php')).toEqual([false, null, null, 'the site']);
	expect(await of('/vars.php?name=a')).toEqual({ name: 'a', role: 'ümläut = "sidekick"', site: 'the site' });
	await scope.running.restartWorkers();
	expect(await of('/worker.php')).toEqual(['worker', 'worker', null, 'the site']);
});

test('a worker has its own variables in $_SERVER, its requests have those of the scope', async () => {
	await using scope = await Scope.start(
		{
			'worker.php': `<?php
				$own = [$_SERVER['ROLE'] ?? null, $_SERVER['SITE'] ?? null];
				while (frankenphp_handle_request(static function () use ($own): void {
					echo json_encode([$own, [$_SERVER['ROLE'] ?? null, $_SERVER['SITE'] ?? null, $_SERVER['BOTH'] ?? null]]);
				}));`,
		},
		{
			workers: [{ file: 'worker.php', num: 1, env: { ROLE: 'worker', SITE: 'worker = site', EMPTY: '' } }],
			env: { SITE: 'the = site', BOTH: 'both' },
		},
	);
	for (let request = 0; request < 2; request++) {
		expect(JSON.parse(await scope.get('/worker.php'))).toEqual([
			['worker', 'worker = site'],
			[null, 'the = site', 'both'],
		]);
	}
});

test('no thread carries variables of one role into another', async () => {
	await using scope = await Scope.start(FILES, {
		env: { SITE: 'the site' },
		sidekickEntrypoint: 'ends.php',
		sidekickEnv: { ROLE: 'sidekick', SITE: 'sidekick site' },
		phpIni: { max_execution_time: '1' },
	});
	// It ends at once, again and again: there is always a thread in reserve while the classic one is replaced.
	expect(JSON.parse(await scope.get('/vars.php?name=a'))).toEqual({ role: 'sidekick' });
	scope.write('loop.php', '<?php while (true);');
	for (let i = 0; i < 2; i++) {
		await (await scope.server.fetch('/loop.php')).text();
		expect(JSON.parse(await scope.get('/page.php'))).toEqual([false, null, null, 'the site']);
	}
});
