import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';
import { publisher, READER } from './scripts.ts';

const UNPUBLISHED = `<?php
$handle = new FrankenPHP\\WorkerHandle();
while ($handle->tick()) usleep(1000);
`;

/** As READER, by the function that `?by=` names. */
const BY = `<?php
try {
	echo json_encode($_GET['by']($_GET['name']));
} catch (Throwable $thrown) {
	echo get_class($thrown), ': ', $thrown->getMessage();
}
`;

describe('frankenphp_get_vars()', () => {
	test('resolves a declared worker before a sidekick, which is there for other names', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': publisher("['from' => 'the worker']"),
				'console.php':
					"<?php frankenphp_set_vars(['from' => 'the sidekick ' . $argv[1]]); while (!frankenphp_sidekick_should_stop()) usleep(1000);",
				'index.php': BY,
			},
			{ backgroundWorkers: [{ name: 'jobs', file: 'jobs.php' }], sidekickEntrypoint: 'console.php' },
		);
		for (const by of ['frankenphp_get_vars', 'frankenphp_sidekick_get_vars']) {
			expect(await scope.get(`/?by=${by}&name=jobs`)).toBe('{"from":"the worker"}');
			expect(await scope.get(`/?by=${by}&name=other`)).toBe('{"from":"the sidekick other"}');
		}
		expect(scope.running.sidekicks.get('other')).toMatchObject({ origin: 'first read' });
	});

	test('tells the nearest name of one that there is not, and of one that has published nothing', async () => {
		await using scope = await Scope.start(
			{ 'jobs.php': UNPUBLISHED, 'index.php': BY },
			{ backgroundWorkers: [{ name: 'prices', file: 'jobs.php' }] },
		);
		expect(await scope.get('/?by=frankenphp_get_vars&name=pirces')).toMatch(
			/^RuntimeException: Cannot read the variables of "pirces": no background worker has this name.* Did you mean "prices"\?/,
		);
		expect(await scope.get('/?by=frankenphp_get_vars&name=prices')).toMatch(
			/^RuntimeException: The background worker "prices" is ready but has published no variables/,
		);
		expect(await scope.get('/?by=frankenphp_sidekick_get_vars&name=prices')).toMatch(/is ready but has published no/);
	});

	test('a cycle of waits throws at once', async () => {
		await using scope = await Scope.start(
			{
				'one.php': `<?php
try { frankenphp_get_vars('two'); } catch (RuntimeException $cycle) { file_put_contents(__DIR__ . "/$argv[1]", $cycle->getMessage()); }
?>${publisher('[]')}`,
				'two.php': `<?php
try { frankenphp_get_vars('one'); } catch (RuntimeException $cycle) { file_put_contents(__DIR__ . "/$argv[1]", $cycle->getMessage()); }
?>${publisher('[]')}`,
				'index.php': READER,
			},
			{
				backgroundWorkers: [
					{ name: 'one', file: 'one.php' },
					{ name: 'two', file: 'two.php' },
				],
			},
		);
		const said = ['one', 'two'].map((name) => scope.files.read(name)).filter((text) => text !== undefined);
		expect(said.join()).toMatch(/would wait for each other forever: (one → two → one|two → one → two)/);
	});
});

describe.each(platform.phpVersions)('the second form, PHP %s', (php) => {
	const APRIL = `<?php
$stream = frankenphp_get_worker_handle();
$read = [$stream];
$none = null;
$readable = stream_select($read, $none, $none, 0);
frankenphp_set_vars(['name' => $_SERVER['argv'][1], 'readable at the start' => $readable]);
$read = [$stream];
stream_select($read, $none, $none, null);
file_put_contents(__DIR__ . '/end', var_export([fread($stream, 10), feof($stream)], true));
`;

	test('a worker that knows no tick() is ready once it has its stream and has published', async () => {
		const scope = await Scope.start(
			{ 'april.php': APRIL, 'index.php': READER },
			{ php, backgroundWorkers: [{ name: 'april', file: 'april.php' }] },
		);
		expect(JSON.parse(await scope.get('/?name=april'))).toEqual({ name: 'april', 'readable at the start': 0 });
		await scope.running.close();
		expect(scope.files.read('end')).toMatch(/0 => ''.*1 => true/s);
		await scope[Symbol.asyncDispose]();
	});

	test('frankenphp_ensure_background_worker() waits for what is declared, and refuses the rest', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': publisher("['a' => 1]"),
				'silent.php':
					'<?php $handle = new FrankenPHP\\WorkerHandle(); while ($handle->tick()) fgets($handle->getStream());',
				'index.php': `<?php
$try = function (mixed ...$arguments): string {
	try {
		return json_encode(frankenphp_ensure_background_worker(...$arguments));
	} catch (Throwable $thrown) {
		return get_class($thrown) . ': ' . $thrown->getMessage();
	}
};
echo json_encode([
	$try('jobs'), $try(['jobs'], 5), $try('jobs', null), $try('jobs', 0), $try('jobs', -1.5), $try('jobs', NAN), $try(''),
	$try([]), $try('job'), $try('silent', 0.05),
]);
`,
			},
			{
				php,
				backgroundWorkers: [
					{ name: 'jobs', file: 'jobs.php' },
					{ name: 'silent', file: 'silent.php' },
				],
			},
		);
		const timeout = 'ValueError: frankenphp_ensure_background_worker(): Argument #2 ($timeout) must be greater than 0';
		expect(JSON.parse(await scope.get('/'))).toEqual([
			'null',
			'null',
			'null',
			timeout,
			timeout,
			timeout,
			expect.stringMatching(/^ValueError: .*must not be empty/),
			expect.stringMatching(/^ValueError: .*must not be an empty array/),
			expect.stringMatching(/^RuntimeException: Cannot start "job": .* Did you mean "jobs"\?/),
			'RuntimeException: The background worker "silent" is ready but has published no variables: it has to call setVars() of its FrankenPHP\\WorkerHandle.',
		]);
	});

	test('its functions exist, and elsewhere they throw', async () => {
		await using scope = await Scope.start(
			{
				'index.php': `<?php
try { frankenphp_get_worker_handle(); } catch (RuntimeException $thrown) { echo $thrown->getMessage(); }
echo (new ReflectionFunction('frankenphp_ensure_background_worker'))->getExtensionName();
`,
			},
			{ php },
		);
		expect(await scope.get('/')).toBe(
			'frankenphp_get_worker_handle() can only be called inside a background worker or a sidekickfrankenphp',
		);
	});
});
