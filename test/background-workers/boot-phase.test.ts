import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { publisher } from './scripts.ts';

/** While there is the file `fails`, an attempt waits for the file `go`, then fails; the next one boots. */
const JOBS = `<?php
if (is_file(__DIR__ . '/fails')) {
	while (!is_file(__DIR__ . '/go')) usleep(1000);
	unlink(__DIR__ . '/fails');
	throw new LogicException('not yet');
}
?>${publisher("['attempt' => 'second']")}`;

/** Asks for the others while it boots, once there is the file `asks`. */
const BOSS = `<?php
$said = 'nothing';
try {
	if (is_file(__DIR__ . '/asks')) frankenphp_ensure_background_worker('jobs');
} catch (RuntimeException $thrown) {
	$said = $thrown->getMessage();
}
?>${publisher("['said' => $said]")}`;

async function start(): Promise<Scope> {
	const scope = await Scope.start(
		{
			'jobs.php': JOBS,
			'boss.php': BOSS,
			'index.php': "<?php echo frankenphp_get_vars('boss')['said'];",
			'ensure.php': "<?php frankenphp_ensure_background_worker('jobs'); echo json_encode(frankenphp_get_vars('jobs'));",
		},
		{
			backgroundWorkers: [
				{ name: 'jobs', file: 'jobs.php' },
				{ name: 'boss', file: 'boss.php' },
			],
		},
	);
	expect(await scope.running.sidekicks.stop('jobs')).toBe(true);
	scope.write('fails', '');
	return scope;
}

/** Lets the attempt fail that somebody waits for. */
async function fail(scope: Scope): Promise<void> {
	await eventually('somebody waits', () => scope.running.sidekicks.get('jobs')?.readersWaiting === 1);
	scope.write('go', '');
}

describe('a worker that cannot boot', () => {
	test('is waited for by a request, until it can', async () => {
		await using scope = await start();
		const answer = scope.get('/ensure.php');
		await fail(scope);
		expect(await answer).toBe('{"attempt":"second"}');
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ bootFailures: 1, attempts: 2 });
	});

	test('throws at once in a script that boots itself', async () => {
		await using scope = await start();
		scope.write('asks', '');
		scope.running.sidekicks.restart('boss');
		await fail(scope);
		await eventually('a publication', () => scope.running.sidekicks.get('boss')?.publications === 2);
		expect(await scope.get('/')).toMatch(/^The background worker "jobs" could not boot\. .*LogicException: not yet/);
	});
});
