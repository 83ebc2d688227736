import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { phpCli, runProgram } from '../program/support/command-line.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';

afterAll(cleanUp);

const PARSER = fileURLToPath(new URL('../../.cache/sources/php-parser', import.meta.url));

/** Fetched by .ci/run, where a test fails without them. */
const missingSources =
	process.env.CI || existsSync(PARSER)
		? undefined
		: 'There is no PHP-Parser: test/programs/fetch-sources.sh php-parser';

/** What Composer would have made. */
const AUTOLOAD = `<?php spl_autoload_register(function (string $class): void {
	foreach (['lib', 'test'] as $folder) {
		if (is_file($file = dirname(__DIR__) . "/$folder/" . strtr($class, '\\\\', '/') . '.php')) {
			require $file;
			return;
		}
	}
});`;

describe.skipIf(lacking(missingProgram('phpunit') ?? missingSources))('PHPUnit', () => {
	test('the tests of PHP-Parser pass, as many as with native PHP', { timeout: 240_000 }, async () => {
		const cwd = writeApp({});
		cpSync(PARSER, cwd, { recursive: true });
		mkdirSync(join(cwd, 'vendor'));
		writeFileSync(join(cwd, 'vendor/autoload.php'), AUTOLOAD);
		const args = ['/usr/bin/phpunit', '--colors=never', '--do-not-cache-result', 'test'];
		const [native, igor] = await Promise.all([
			runProgram('php', args, { cwd }),
			phpCli(['--php', '8.2', '--mount', '/usr/share/php:ro', ...args], { cwd }),
		]);
		const counts = (text: string): string | undefined => /^Tests: .*$/m.exec(text)?.[0];
		expect(counts(native.out)).toMatch(/^Tests: \d{4}, Assertions: \d{4}, Warnings: 1\.$/);
		expect([igor.status, counts(igor.out), igor.err]).toEqual([native.status, counts(native.out), '']);
	});
});
