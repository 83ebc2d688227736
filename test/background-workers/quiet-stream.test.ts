import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';

/** Waits on its handle's stream, as `wait` says, and never publishes; then leaves a file. */
const script = (wait: string) => `<?php
$stream = frankenphp_get_worker_handle();
$select = function (?int $seconds) use ($stream): int {
	$read = [$stream];
	$none = null;
	return stream_select($read, $none, $none, $seconds);
};
${wait}
file_put_contents(__DIR__ . '/ended', json_encode(feof($stream)));
`;

const index = `<?php
try {
	frankenphp_get_vars('july');
} catch (RuntimeException $thrown) {
	echo $thrown->getMessage();
}
`;

describe.each(platform.phpVersions)('a worker that never ticks and never publishes, PHP %s', (php) => {
	test.each([
		['waits in stream_select()', '$select(null); fgets($stream);'],
		['waits in stream_select() for a while at a time', 'while ($select(1) === 0); fgets($stream);'],
		['waits in fgets()', 'fgets($stream);'],
		['looks again and again', 'while ($select(0) === 0) usleep(1000); fgets($stream);'],
		['waits in a fiber', '$fiber = new Fiber($select); $fiber->start(null); fgets($stream);'],
	])('is ready once it %s', async (_how, wait) => {
		const scope = await Scope.start(
			{ 'july.php': script(wait), 'index.php': index },
			{ php, backgroundWorkers: [{ name: 'july', file: 'july.php' }] },
		);
		expect(scope.running.sidekicks.get('july')).toMatchObject({ state: 'ready', starts: 1, crashes: 0 });
		expect(await scope.get('/')).toMatch(/"july" is ready but has published no variables/);
		await scope.running.close();
		expect(JSON.parse(scope.files.read('ended') ?? 'null')).toBe(true);
		await scope[Symbol.asyncDispose]();
	});

	test('has no time limit from then on', async () => {
		const spins = '$select(1); for ($end = microtime(true) + 2; microtime(true) < $end;); $select(null);';
		await using scope = await Scope.start(
			{
				'july.php': script(spins),
				'index.php': '<?php for ($end = microtime(true) + 3.5; microtime(true) < $end; usleep(9999));',
			},
			{ php, phpIni: { max_execution_time: '1' }, backgroundWorkers: [{ name: 'july', file: 'july.php' }] },
		);
		await scope.get('/');
		expect(scope.running.sidekicks.get('july')).toMatchObject({ state: 'ready', starts: 1, crashes: 0 });
	});
});
