import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { eventually } from '../../support/eventually.ts';
import { Scope } from '../../support/scope.ts';

/** As frameworks do: every warning is thrown, and sessions are theirs. */
const WORKER = `<?php
set_error_handler(static function ($level, $message, $file, $line) { throw new ErrorException($message, 0, $level, $file, $line); });
set_exception_handler(static function (Throwable $error): void { frankenphp_log('the handler of the worker: ' . $error->getMessage()); });
final class Sessions implements SessionHandlerInterface {
	private function refuse(): bool { throw new LogicException('a session handler was called while a request was read'); }
	public function open(string $path, string $name): bool { return $GLOBALS['serving'] ? true : $this->refuse(); }
	public function close(): bool { return $GLOBALS['serving'] ? true : $this->refuse(); }
	public function read(string $id): string { return $GLOBALS['serving'] ? '' : $this->refuse(); }
	public function write(string $id, string $data): bool { return $GLOBALS['serving'] ? true : $this->refuse(); }
	public function destroy(string $id): bool { return true; }
	public function gc(int $lifetime): int { return 0; }
}
$serving = false;
session_set_save_handler(new Sessions(), false);
$run = uniqid();
$count = 0;
do {
	$more = frankenphp_handle_request(static function () use ($run, &$count): void {
		$GLOBALS['serving'] = true;
		$count++;
		$handled = '';
		try { if (isset($_GET['warn'])) trigger_error('by the script', E_USER_WARNING); } catch (ErrorException $error) { $handled = $error->getMessage(); }
		if (isset($_GET['session'])) { session_start(); session_write_close(); }
		$_SESSION = [];
		echo json_encode(['run' => $run, 'count' => $count, 'get' => count($_GET), 'post' => count($_POST),
			'files' => array_map(static fn ($file) => $file['error'], $_FILES), 'cookies' => count($_COOKIE), 'handled' => $handled]);
		$GLOBALS['serving'] = false;
	});
} while ($more);`;
const CLASSIC = `<?php echo json_encode(['get' => count($_GET), 'post' => count($_POST), 'cookies' => count($_COOKIE)]);`;

const BOUNDARY = 'the-boundary';
const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;
const many = (count: number, separator: string) => Array.from({ length: count }, (_, i) => `v${i}=1`).join(separator);
const part = (name: string, more = '', value = 'x') =>
	`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const parts = (count: number, more?: (i: number) => string) =>
	`${Array.from({ length: count }, (_, i) => part(`p${i}`, more?.(i))).join('')}--${BOUNDARY}--\r\n`;
const post = (type: string, body: string): RequestInit => ({
	method: 'POST',
	headers: { 'Content-Type': type, 'Content-Length': String(body.length) },
	body,
});

const REQUESTS: readonly (readonly [what: string, query: string, init: RequestInit, warning: RegExp | undefined])[] = [
	['1,100 parameters', many(1100, '&'), {}, /Input variables exceeded 1000/],
	[
		'1,100 fields of a form',
		'',
		post('application/x-www-form-urlencoded', many(1100, '&')),
		/Input variables exceeded 1000/,
	],
	['1,100 cookies', '', { headers: { Cookie: many(1100, '; ') } }, /Input variables exceeded 1000/],
	[
		'1,100 parts',
		'',
		post(MULTIPART, parts(1100)),
		/Input variables exceeded 1000|Multipart body parts limit exceeded/,
	],
	[
		'2,000 parts',
		'',
		post(MULTIPART, parts(2000)),
		/Multipart body parts limit exceeded|Input variables exceeded 1000/,
	],
	['no boundary', '', post('multipart/form-data', 'x'), /Missing boundary/],
	['an invalid boundary', '', post('multipart/form-data; boundary="', 'x'), /Invalid boundary|Missing boundary/],
	['a boundary of 10 KB', '', post(`multipart/form-data; boundary=${'b'.repeat(9000)}`, 'x'), /Boundary too large/],
	[
		'a body over post_max_size',
		'',
		post('application/x-www-form-urlencoded', `a=${'x'.repeat(300_000)}`),
		/exceeds the limit of 200000 bytes/,
	],
	[
		'a form of parts over post_max_size',
		'',
		post(MULTIPART, part('a', '', 'x'.repeat(300_000))),
		/exceeds the limit of 200000 bytes/,
	],
	[
		'30 files',
		'',
		post(
			MULTIPART,
			parts(30, (i) => `; filename="f${i}"`),
		),
		/Maximum number of allowable file uploads/,
	],
	[
		'a file with a broken header',
		'',
		post(MULTIPART, `--${BOUNDARY}\r\nContent-Disposition: form-data; filename="x"\r\n\r\nx\r\n`),
		undefined,
	],
	['a body that ends in a part', '', post(MULTIPART, part('f', '; filename="x"').slice(0, -3)), undefined],
	['an array 100 deep', `a${'[b]'.repeat(100)}=1`, {}, undefined],
	[
		'a file while a session is asked about its progress',
		'session',
		{
			...post(
				MULTIPART,
				`${part('PHP_SESSION_UPLOAD_PROGRESS', '', 'here')}${part('f', '; filename="x"', 'y'.repeat(50_000))}--${BOUNDARY}--\r\n`,
			),
			headers: { 'Content-Type': MULTIPART, Cookie: 'PHPSESSID=abcdefabcdefabcdefabcdefabcdef01' },
		},
		undefined,
	],
];

describe.each(PHP_VERSIONS)('while PHP %s reads a request', (php) => {
	let scope: Scope;
	beforeAll(async () => {
		scope = await Scope.start(
			{ 'worker.php': WORKER, 'classic.php': CLASSIC },
			{
				php,
				workers: [{ file: 'worker.php', num: 1 }],
				phpIni: { display_errors: '0', log_errors: '1', post_max_size: '200000', 'session.upload_progress.freq': '1' },
			},
		);
	}, 30_000);
	afterAll(() => scope[Symbol.asyncDispose]());

	/** Lines of the log come by themselves, perhaps after the answer. */
	const logged = (pattern: RegExp, from: number) =>
		eventually(`${pattern} in the log`, () =>
			scope.log.records.slice(from).find(({ message }) => pattern.test(message)),
		);
	const read = async (path: string, init: RequestInit = {}): Promise<Record<string, unknown>> => {
		const response = await scope.server.fetch(path, init);
		return { status: response.status, ...(JSON.parse(await response.text()) as Record<string, unknown>) };
	};

	test.each(REQUESTS)('%s: no handler of the worker is called, and it goes on', async (_, query, init, warning) => {
		const before = await read('/worker.php?warn');
		expect(before).toMatchObject({ status: 200, handled: 'by the script' });
		const from = scope.log.records.length;
		const answer = await read(`/worker.php?${query}`, init);
		expect(answer).toMatchObject({ status: 200, run: before.run, count: (before.count as number) + 1 });
		const after = await read('/worker.php?warn');
		expect(after).toMatchObject({ status: 200, run: before.run, handled: 'by the script' });
		if (warning !== undefined) await logged(warning, from);
		const messages = scope.log.records.slice(from).map(({ message }) => message);
		expect(messages.filter((message) => /handler of the worker|session handler/.test(message))).toEqual([]);
	});

	test.each(REQUESTS)('%s: a classic script sees what there is', async (_, query, init, warning) => {
		const from = scope.log.records.length;
		const answer = await read(`/classic.php?${query}`, init);
		expect(answer.status).toBe(200);
		if (warning !== undefined) await logged(warning, from);
	});
});
