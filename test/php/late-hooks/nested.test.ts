import { describe, expect, test } from 'vitest';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';

/** Ways to call `$nest` inside of a request. */
const WAYS = {
	plainly: '$nest();',
	'after the response': 'echo "answer"; frankenphp_finish_request(); $nest();',
	'in a fiber': '(new Fiber($nest))->start();',
	'in a fiber, after the response': 'echo "answer"; frankenphp_finish_request(); (new Fiber($nest))->start();',
	'in a callback': 'array_map($nest, [1]);',
	'in a shutdown function': 'register_shutdown_function($nest);',
	'in a shutdown function, after the response':
		'echo "answer"; frankenphp_finish_request(); register_shutdown_function($nest);',
	'in a destructor': '(function () use ($nest) { $d = new Nests($nest); })();',
	'in an output callback': 'ob_start(function ($text) use ($nest) { $nest(); return $text; });',
	'in an output callback, after the response':
		'echo "answer"; frankenphp_finish_request(); ob_start(function () use ($nest) { $nest(); });',
	'in a tick': 'require __DIR__ . "/tick.php";',
	'in a header callback': 'header_register_callback($nest);',
	'while an exception is handled':
		'try { throw new Exception(); } catch (Exception) { echo "answer"; frankenphp_finish_request(); $nest(); }',
} as const;
const TICK = `<?php declare(ticks=1); register_tick_function($nest); $a = 1; unregister_tick_function($nest);`;
const WORKER = `<?php
final class Nests { function __construct(private $nest) {} function __destruct() { ($this->nest)(); } }
register_shutdown_function(fn() => error_log('BOOT SHUTDOWN RAN'));
$nest = function () {
	try {
		frankenphp_handle_request(function () { echo 'nested'; register_shutdown_function(fn() => error_log('NESTED RAN')); });
		error_log('NESTING ACCEPTED');
	} catch (RuntimeException $e) {
		error_log('REFUSED: ' . $e->getMessage());
	}
};
$runs = true;
while ($runs && frankenphp_handle_request(function () use ($nest, &$runs) {
	$runs = !isset($_GET['end']);
	match ($_GET['way'] ?? '') {
		'' => null,
		${Object.entries(WAYS)
			.map(([way, code]) => `'${way}' => (function () use ($nest) { ${code} })(),`)
			.join('\n\t\t')}
	};
	echo 'answer';
})) {}
`;

describe.each(platform.phpVersions)('PHP %s: frankenphp_handle_request() inside of a request', {
	timeout: 30_000,
}, (php) => {
	test('is refused wherever it comes from, and changes nothing', async () => {
		await using scope = await Scope.start(
			{ 'worker.php': WORKER, 'tick.php': TICK },
			{ php, workers: [{ file: 'worker.php', num: 1 }] },
		);
		for (const way of Object.keys(WAYS)) {
			const from = scope.log.matching('REFUSED').length;
			expect(await scope.get(`/worker.php?${new URLSearchParams({ way })}`), way).toBe('answer');
			// One answer later: what came after the response has been said by then.
			expect(await scope.get('/worker.php'), way).toBe('answer');
			const refused = scope.log.matching('REFUSED').slice(from);
			expect(refused.length, way).toBeGreaterThan(0);
			for (const { message } of refused) expect(message).toContain('called inside its own callback');
		}
		expect(scope.log.matching('NESTING ACCEPTED')).toEqual([]);
		expect(scope.log.matching('BOOT SHUTDOWN RAN')).toEqual([]);
		await scope.get('/worker.php?end=1');
		await scope.get('/worker.php');
		expect(scope.log.matching('BOOT SHUTDOWN RAN')).toHaveLength(1);
		expect(scope.log.matching('NESTED RAN')).toEqual([]);
	});
});
