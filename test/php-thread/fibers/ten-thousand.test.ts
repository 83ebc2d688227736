import { expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

const SCRIPT = `<?php
$fibers = [];
for ($i = 0; $i < 10_000; $i++) {
	$fibers[$i] = new Fiber(fn (int $n) => Fiber::suspend() + $n);
	$fibers[$i]->start($i);
}
$sum = 0;
foreach ($fibers as $fiber) { $fiber->resume(1); $sum += $fiber->getReturn(); }
echo $sum;`;
const WORKER = `<?php while (frankenphp_handle_request(function (): void { require __DIR__ . '/index.php'; }));`;

test.each(platform.phpVersions)('ten thousand fibers are alive at once on PHP %s', async (php) => {
	await using scope = await Scope.start(
		{ 'index.php': SCRIPT, 'worker.php': WORKER },
		// PHP itself takes 16 KB for the variables of each fiber.
		{ php, workers: [{ file: 'worker.php', num: 1 }], phpIni: { memory_limit: '512M' } },
	);
	for (const path of ['/', '/worker.php']) expect(await scope.get(path), path).toBe('50005000');
});
