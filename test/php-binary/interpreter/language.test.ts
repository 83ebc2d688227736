import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { phpCli } from '../../program/support/command-line.ts';

const cwd = fileURLToPath(new URL('.', import.meta.url));
const run = (version: string, isStock: boolean, ...args: string[]) =>
	phpCli(['--php', version, ...args], { cwd, env: { IGOR_STOCK_PHP: isStock ? '1' : '' } });

describe.each(PHP_VERSIONS)('PHP %s on the faster interpreter', (version) => {
	test('does what it does on the one of upstream', async () => {
		const expected = await run(version, true, 'language.php');
		expect([expected.status, expected.out.split('\n').length], expected.out).toEqual([0, 27]);
		expect(await run(version, false, 'language.php')).toEqual(expected);
	}, 120_000);

	// On the one of upstream, and the stack that V8 gives by default, it was 2,150.
	test('nests callbacks of internal functions 2,200 deep', async () => {
		const { status, out } = await run(version, false, 'deep.php', '2200');
		expect([status, out]).toEqual([0, '2200\n']);
	}, 120_000);
});
