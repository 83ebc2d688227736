import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { Scope } from '../../support/scope.ts';

const PAGE = `<?php
header('Content-Type: application/json');
echo json_encode([
	'redis' => class_exists('Redis') ? (new Redis())->getOption(Redis::OPT_PREFIX) : 'missing',
	'memcached' => class_exists('Memcached') ? [(new Memcached())->addServer('127.0.0.1', 1)] : 'missing',
	'number' => class_exists('NumberFormatter') ? (new NumberFormatter('de', NumberFormatter::DECIMAL))->format(1234567.891) : 'missing',
	'sorted' => class_exists('Collator') ? (function () { $words = ['zebra', 'ähre', 'apfel']; (new Collator('de'))->sort($words); return $words; })() : 'missing',
	'sidekicks' => function_exists('frankenphp_sidekick_get_vars'),
]);`;

describe.each(PHP_VERSIONS)('PHP %s', (php) => {
	test('loads intl, redis and memcached on demand, beside its own extension', async () => {
		await using scope = await Scope.start({ 'index.php': PAGE }, { php, extensions: ['redis', 'intl', 'memcached'] });
		expect(JSON.parse(await scope.get('/'))).toEqual({
			redis: null,
			memcached: [true],
			number: '1.234.567,891',
			sorted: ['ähre', 'apfel', 'zebra'],
			sidekicks: true,
		});
	});

	test('intl formats messages: C++ allocates memory for them', async () => {
		const page = `<?php
			$arguments = ['day' => new DateTime('2021-02-17 12:00:00'), 'cats' => 3];
			echo (new MessageFormatter('en_US', '{day, date, full}: {cats, plural, one{# cat} other{# cats}}'))->format($arguments);
			echo '|', json_encode(MessageFormatter::parseMessage('en', '{0,number} of {1}', '12 of x'));`;
		await using scope = await Scope.start({ 'index.php': page }, { php, extensions: ['intl'] });
		expect(await scope.get('/')).toBe('Wednesday, February 17, 2021: 3 cats|[12,"x"]');
	});

	test('has none of them without being asked', async () => {
		await using scope = await Scope.start({ 'index.php': PAGE }, { php });
		expect(JSON.parse(await scope.get('/'))).toMatchObject({
			redis: 'missing',
			memcached: 'missing',
			number: 'missing',
			sidekicks: true,
		});
	});
});

test('an extension that is not there is refused by name', async () => {
	await expect(Scope.start({ 'index.php': PAGE }, { extensions: ['imagick' as never] })).rejects.toThrow(
		"The PHP extension 'imagick' is not available; beyond what is compiled in there are intl, redis, memcached and xdebug.",
	);
});
