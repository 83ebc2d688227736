import { describe, expect, test } from 'vitest';
import { Scope } from '../support/scope.ts';

const COUNT = 'echo getmypid();';
const COUNTED = `<?php ${COUNT}`;

describe('max_requests', () => {
	test.each(['/page.php', '/worker.php'])('%s: no run begins more than so many, also under load', async (path) => {
		await using scope = await Scope.start(
			{ 'page.php': COUNTED, 'worker.php': `<?php while (frankenphp_handle_request(function () { ${COUNT} })) {}` },
			{ workers: [{ file: 'worker.php', num: 1 }], maxRequests: 5 },
		);
		const answers = await Promise.all(Array.from({ length: 24 }, () => scope.get(path)));
		const perRun = new Map<string, number>();
		for (const pid of answers) perRun.set(pid, (perRun.get(pid) ?? 0) + 1);
		expect([...perRun.values()].filter((served) => served > 5)).toEqual([]);
		expect(perRun.size).toBeGreaterThanOrEqual(5);
	});
});
