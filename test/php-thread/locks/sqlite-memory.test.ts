import { expect, test } from 'vitest';
import { Scope } from '../../support/scope.ts';

const CONNECTIONS = 300;

const CONNECT = `<?php
for ($i = 0; $i < ${CONNECTIONS}; $i++) {
	$db = new PDO('sqlite:' . __DIR__ . '/test.db');
	$db->query('PRAGMA journal_mode=WAL')->fetchAll();
	$db->exec('CREATE TABLE IF NOT EXISTS t (n)');
	$db->exec('INSERT INTO t VALUES (1)');
	$db = null;
}
echo 'done';`;

test('a connection in WAL mode takes no memory with it', { timeout: 120_000 }, async () => {
	await using scope = await Scope.start({ 'connect.php': CONNECT }, { threads: 1 });
	const memory = () => Math.max(...scope.running.threads().map((thread) => thread.memory));
	expect(await scope.get('/connect.php')).toBe('done');
	const after = memory();
	expect(await scope.get('/connect.php')).toBe('done');
	// Each had 64 KB of the index mapped.
	expect(memory() - after).toBeLessThan((CONNECTIONS * 65_536) / 4);
});
