import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { Scope } from '../support/scope.ts';

/** Gives back what it gets, and publishes it. */
const ECHO = `<?php
$handle = new FrankenPHP\\WorkerHandle();
$none = null;
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$handle->setVars($task->getPayload());
		$task->complete($task->getPayload());
	}
	$task = null;
	$read = [$handle->getStream()];
	stream_select($read, $none, $none, null);
}
`;

/** Sends an array again and again, each time with 250 more around it: a script alone cannot free very deep ones. */
const DEEPENS = `<?php
function depth(array $array): int {
	for ($depth = 0; isset($array['in']); $depth++) $array = $array['in'];
	return $depth;
}
function deepens(): array {
	$value = ['text' => 'innermost'];
	$reached = 0;
	try {
		for (;;) {
			for ($i = 0; $i < 250; $i++) $value = ['in' => $value];
			$value = (new FrankenPHP\\SentTaskHandle('echo', $value))->read();
			$reached = depth($value);
		}
	} catch (Throwable $thrown) {
		$published = frankenphp_get_vars('echo');
		$published['changed'] = true;
		return [$reached, depth($published), get_class($thrown), $thrown->getMessage()];
	}
}
`;

const files = {
	'echo.php': ECHO,
	'index.php': `${DEEPENS} echo json_encode(deepens());`,
	'worker.php': `${DEEPENS} while (frankenphp_handle_request(function () { echo json_encode(deepens()); }));`,
};

describe.each(platform.phpVersions)('values that are nested very deeply, PHP %s', (php) => {
	test.each(['index', 'worker'])('travel, up to a limit that is told, and are freed: %s', async (script) => {
		await using scope = await Scope.start(files, {
			php,
			threads: 1,
			workers: [{ file: 'worker.php', num: 1 }],
			backgroundWorkers: [{ name: 'echo', file: 'echo.php' }],
		});
		for (let i = 0; i < 2; i++) {
			const [sent, published, thrown, message] = JSON.parse(await scope.get(`/${script}.php`));
			expect([sent, published, thrown]).toEqual([9750, 9750, 'ValueError']);
			expect(message).toMatch(
				/^FrankenPHP\\SentTaskHandle::__construct\(\): Argument #2 \(\$payload\) must not be nested deeper than 10000 levels, payload\["in"\](\["in"\])*\[…\] is$/,
			);
		}
		const [entry] = scope.running.sidekicks.snapshot('echo')?.entries ?? [];
		expect(entry?.type).toBe('array');
		expect(JSON.parse(new TextDecoder().decode(entry?.value))).toHaveProperty('in.in.in');
		expect(scope.running.sidekicks.get('echo')).toMatchObject({ starts: 1, crashes: 0 });
	});
});
