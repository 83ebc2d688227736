import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';
import { publisher, READER } from './scripts.ts';

describe.each(platform.phpVersions)('declared background workers, PHP %s', (php) => {
	test('one ticks and publishes, and a request reads it', async () => {
		await using scope = await Scope.start(
			{
				'jobs.php': publisher(`[
					'argv' => $argv,
					'server' => array_intersect_key($_SERVER, [
						'FRANKENPHP_WORKER' => 1, 'FRANKENPHP_WORKER_BACKGROUND' => 1, 'FRANKENPHP_SIDEKICK_NAME' => 1,
					]),
					'queue' => getenv('QUEUE'),
				]`),
				'index.php': READER,
			},
			{
				php,
				backgroundWorkers: [
					{
						name: 'jobs',
						file: 'jobs.php',
						env: { QUEUE: 'high', FRANKENPHP_WORKER: '1', FRANKENPHP_WORKER_BACKGROUND: 'other' },
					},
				],
			},
		);
		expect(scope.running.sidekicks.get('jobs')).toMatchObject({ origin: 'configuration', state: 'ready', num: 1 });
		expect(JSON.parse(await scope.get('/?name=jobs'))).toEqual({
			argv: [`${scope.folder}/jobs.php`, 'jobs'],
			server: { FRANKENPHP_WORKER_BACKGROUND: 'jobs' },
			queue: 'high',
		});
	});

	test('whatever `env` says, a script is told what it is', async () => {
		const told =
			"<?php $tell = fn () => print(json_encode([$_SERVER['FRANKENPHP_WORKER'] ?? null, $_SERVER['FRANKENPHP_WORKER_BACKGROUND'] ?? null]));";
		const env = { FRANKENPHP_WORKER: '7', FRANKENPHP_WORKER_BACKGROUND: 'other' };
		await using scope = await Scope.start(
			{
				'index.php': `${told} $tell();`,
				'worker.php': `${told} while (frankenphp_handle_request($tell));`,
			},
			{ php, env, workers: [{ file: 'worker.php', num: 1, env }] },
		);
		expect(JSON.parse(await scope.get('/'))).toEqual([null, null]);
		expect(JSON.parse(await scope.get('/worker.php'))).toEqual(['1', null]);
	});
});
