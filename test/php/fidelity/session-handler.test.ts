import { expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { Scope } from '../../support/scope.ts';

const WORKER = `<?php
final class FileSessions implements SessionHandlerInterface {
	public function open(string $path, string $name): bool { return true; }
	public function close(): bool { return true; }
	public function read(string $id): string { return (string) @file_get_contents(__DIR__ . "/session-$id"); }
	public function write(string $id, string $data): bool { return file_put_contents(__DIR__ . "/session-$id", $data) !== false; }
	public function destroy(string $id): bool { return @unlink(__DIR__ . "/session-$id"); }
	public function gc(int $lifetime): int { return 0; }
}
session_set_save_handler(new FileSessions());
while (frankenphp_handle_request(static function (): void {
	session_id('fixed');
	session_start();
	echo $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
})) {}
`;

test.each(
	PHP_VERSIONS,
)('a session handler that a worker sets before its loop serves every request, PHP %s', async (php) => {
	await using scope = await Scope.start({ 'worker.php': WORKER }, { php, workers: [{ file: 'worker.php', num: 1 }] });
	for (const expected of ['1', '2', '3']) expect(await scope.get('/worker.php')).toBe(expected);
});
