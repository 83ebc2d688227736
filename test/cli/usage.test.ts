import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs the command line in a process of its own: exit status and both outputs are what a user sees. */
function igor(...args: string[]): Promise<{ status: number; out: string; err: string }> {
	return new Promise((resolve) => {
		execFile(process.execPath, [main, ...args], (error, out, err) => {
			resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
		});
	});
}

describe('igor', () => {
	test.each([
		[['--help']],
		[['php-server', '--help']],
		[['php-cli', '--help']],
		[['version', '--help']],
	])('%j', async (args) => {
		const { status, out, err } = await igor(...args);
		expect({ status, err }).toEqual({ status: 0, err: '' });
		expect(out).toMatch(/^Usage: igor/);
	});

	test('version', async () => {
		expect(await igor('version')).toEqual({
			status: 0,
			out: expect.stringMatching(/^igor \d+\.\d+\.\d+ \(PHP 8\.2, 8\.4, 8\.5; Node\.js .+\)\n$/),
			err: '',
		});
	});

	test.each([
		[[], 'Usage: igor'],
		[['php-serve'], "error: unknown command 'php-serve'"],
		[['php-server', '--rot', 'x'], "error: unknown option '--rot'"],
		[['php-server', '--root'], "error: option '-r, --root <dir>' argument missing"],
		[['php-server', 'extra'], 'error: too many arguments'],
		[['php-cli', '--php'], "error: option '--php <version>' argument missing"],
	])('wrong usage: %j → 2', async (args, message) => {
		const { status, out, err } = await igor(...args);
		expect({ status, out }).toEqual({ status: 2, out: '' });
		expect(err).toContain(message);
	});

	test.each([
		[['php-server', '--threads', 'x'], "--threads is 'x'; it has to be a whole number of at least 1."],
		[['php-server', '--worker', 'w.php,x'], "--worker w.php,x is 'x'"],
		[['php-server', '--env', 'A'], '--env A has no KEY=VALUE form; write --env KEY=VALUE.'],
		[['php-cli', '/nowhere.php'], 'The script /nowhere.php does not exist or cannot be read; name a PHP file.'],
		[['php-cli', '--php', '5.3', main], `PHP '5.3' is not available; use one of ${PHP_VERSIONS.join(', ')}.`],
	])('a wrong value: %j → 1, one line', async (args, message) => {
		const { status, out, err } = await igor(...args);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toContain(message);
		expect(err.trimEnd().split('\n')).toHaveLength(1);
	});
});
