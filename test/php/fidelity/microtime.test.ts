import { expect, test } from 'vitest';
import { Scope } from '../../support/scope.ts';

test('microtime() has microseconds, and never precedes the time of the request', async () => {
	await using scope = await Scope.start({
		'index.php': `<?php $seen = [];
			for ($i = 0; $i < 20_000; $i++) $seen[] = microtime(true);
			$sorted = $seen; sort($sorted);
			echo json_encode([count(array_flip(array_map(static fn ($time) => sprintf("%.6f", $time), $seen))), $seen === $sorted, $seen[0] >= $_SERVER['REQUEST_TIME_FLOAT'],
				(int) $seen[0] - $_SERVER['REQUEST_TIME']]);`,
	});
	const [different, inOrder, afterRequest, seconds] = JSON.parse(await scope.get('/'));
	expect(different).toBeGreaterThan(200);
	expect([inOrder, afterRequest]).toEqual([true, true]);
	expect(seconds).toBeLessThanOrEqual(1);
});
