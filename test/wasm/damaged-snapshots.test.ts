import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { platform } from '../support/node/platform.ts';
import { WatchedApplication } from './allocator/application.ts';
import { DAMAGE } from './allocator/planted.ts';

const READS = 200;
const VALUES = readFileSync(new URL('../php/api/fixtures/values.php', import.meta.url), 'utf8');
const READER = `<?php
function damaged(): string
{
	$read = $refused = 0;
	frankenphp_get_vars('plain');
	frankenphp_log('${DAMAGE}');
	for ($i = 0; $i < ${READS}; $i++) {
		try {
			$vars = frankenphp_get_vars($i % 2 ? 'enums' : 'plain');
			// Whatever it is now, it can be walked through, changed and freed.
			serialize($vars);
			$vars[] = 'more';
			$read++;
		} catch (Throwable) {
			$refused++;
		}
	}
	return "$read $refused";
}
`;
const FILES = {
	'values.php': VALUES,
	'reader.php': READER,
	'index.php': '<?php require "reader.php"; echo damaged();',
	'worker.php': '<?php require "reader.php"; while (frankenphp_handle_request(function () { echo damaged(); }));',
	'bin/console': `<?php
enum Suit { case Hearts; }
require __DIR__ . '/../values.php';
frankenphp_set_vars($argv[1] === 'plain' ? plain_values() : ['one' => Suit::Hearts, 'all' => [Suit::cases(), 'x' => 1]]);
while (!frankenphp_sidekick_should_stop()) sleep(60);`,
};

describe.each(platform.phpVersions)('PHP %s', { timeout: 120_000 }, (php) => {
	test('a damaged snapshot is read as something, or refused; it breaks nothing', async () => {
		await using app = await WatchedApplication.start(FILES, php, 'uses', {
			workers: [{ file: 'worker.php', num: 1 }],
			sidekickEntrypoint: 'bin/console',
		});
		for (const path of ['/index.php', '/worker.php']) {
			const [read = 0, refused = 0] = (await (await app.server.fetch(path)).text()).split(' ').map(Number);
			expect(read + refused, path).toBe(READS);
			// Both happened: bytes of strings may be damaged without anybody knowing.
			expect(Math.min(read, refused), path).toBeGreaterThan(0);
		}
		const problems = [...app.reports.values()].flatMap((reports) => reports.flatMap((report) => report.problems));
		expect(problems).toEqual([]);
	});
});
