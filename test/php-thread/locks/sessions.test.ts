import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Server, serve } from 'igor-php';
import { afterAll, beforeAll, expect, test } from 'vitest';

const THREADS = 3;
const REQUESTS = 30;

const COUNTER = `<?php
session_id('abcdef');
session_start();
$before = $_SESSION['n'] ?? 0;
usleep(1000); // the other threads get every chance to write in between
$_SESSION['n'] = $before + 1;
echo $_SESSION['n'];`;

const DATABASE = `<?php
$db = new PDO('sqlite:/tmp/test.db');
$db->exec('PRAGMA busy_timeout=20000');
$db->exec('CREATE TABLE IF NOT EXISTS t (n INTEGER)');
$db->exec('INSERT INTO t VALUES (1)');
echo $db->query('SELECT COUNT(*) FROM t')->fetchColumn();`;

let root: string;
let server: Server;

beforeAll(async () => {
	root = await mkdtemp(path.join(tmpdir(), 'igor-locks-'));
	await writeFile(path.join(root, 'counter.php'), COUNTER);
	await writeFile(path.join(root, 'database.php'), DATABASE);
	server = await serve({ root, listen: false, threads: THREADS, log: false });
});

afterAll(async () => {
	await server?.close();
	await rm(root, { recursive: true, force: true });
});

async function all(script: string): Promise<number[]> {
	const answers = await Promise.all(Array.from({ length: REQUESTS }, async () => (await server.fetch(script)).text()));
	return answers.map(Number).sort((a, b) => a - b);
}

test('requests of one session on several threads do not lose a write', async () => {
	expect(await all('/counter.php')).toEqual(Array.from({ length: REQUESTS }, (_, i) => i + 1));
});

test('threads that write one SQLite database do not lose a row', async () => {
	expect(Math.max(...(await all('/database.php')))).toBe(REQUESTS);
});
