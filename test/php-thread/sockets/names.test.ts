import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { useScripts } from './php-script.ts';

describe.each(PHP_VERSIONS)('gethostbyname() of PHP %s', (php) => {
	const scripts = useScripts({ php });

	test('gives the address, and an unknown name as it is', async () => {
		const names = ['localhost', 'no-such-host.invalid', 'no such host', '', '127.1', '0x7f000001', '192.0.2.1', '::1'];
		expect(
			await scripts().run(`return array_map('gethostbyname', json_decode($_GET['names']));`, {
				names: JSON.stringify(names),
			}),
		).toEqual(['127.0.0.1', 'no-such-host.invalid', 'no such host', '', '127.0.0.1', '127.0.0.1', '192.0.2.1', '::1']);
	});

	test('gethostbynamel() gives a list, or false', async () => {
		expect(
			await scripts().run(`return array_map('gethostbynamel', ['localhost', '127.0.0.2', 'no-such-host.invalid']);`),
		).toEqual([['127.0.0.1'], ['127.0.0.2'], false]);
	});

	test('a name that is too long, or none', async () => {
		const result = await scripts().run(`
			$long = str_repeat('a', 256);
			$results = [gethostbyname($long) === $long, gethostbynamel($long)];
			foreach (['gethostbyname', 'gethostbynamel'] as $function) {
				try { $function("a\\0b"); } catch (ValueError $error) { $results[] = $error->getMessage(); }
			}
			return [...$results, ...$GLOBALS['warnings']];`);
		expect(result).toEqual([
			true,
			false,
			'gethostbyname(): Argument #1 ($hostname) must not contain any null bytes',
			'gethostbynamel(): Argument #1 ($hostname) must not contain any null bytes',
			'gethostbyname(): Host name cannot be longer than 255 characters',
			'gethostbynamel(): Host name cannot be longer than 255 characters',
		]);
	});

	test('what would need records of the DNS is not there', async () => {
		const functions = ['dns_get_record', 'checkdnsrr', 'dns_check_record', 'getmxrr', 'dns_get_mx'];
		expect(
			await scripts().run(`return array_filter(json_decode($_GET['f']), 'function_exists');`, {
				f: JSON.stringify(functions),
			}),
		).toEqual([]);
	});
});
