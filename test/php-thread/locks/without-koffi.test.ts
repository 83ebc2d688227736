import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';

const BIN = fileURLToPath(new URL('../../../bin/igor.js', import.meta.url));
const HIDE = fileURLToPath(new URL('support/without-koffi.cjs', import.meta.url));
const ROWS = 60;

const COUNTER = `<?php
$h = fopen(__DIR__ . '/n', 'c+');
for ($i = 0; $i < 50; $i++) {
	flock($h, LOCK_EX);
	rewind($h);
	$n = (int) stream_get_contents($h);
	rewind($h);
	fwrite($h, $n + 1);
	flock($h, LOCK_UN);
}
echo $n + 1;`;

const DATABASE = `<?php
$db = new PDO('sqlite:' . __DIR__ . '/test.db', null, null, [PDO::ATTR_TIMEOUT => 60]);
$db->query('PRAGMA journal_mode=' . $_GET['mode'])->fetchAll();
for ($i = 0; $i < ${ROWS}; $i++) $db->exec('INSERT INTO t VALUES (1)');
echo json_encode([$db->query('SELECT count(*) FROM t')->fetchColumn(), $db->query('PRAGMA integrity_check')->fetchColumn()]);`;

const CREATE = `<?php
foreach (['', '-wal', '-shm'] as $end) if (file_exists(__DIR__ . "/test.db$end")) unlink(__DIR__ . "/test.db$end");
$db = new PDO('sqlite:' . __DIR__ . '/test.db');
$db->query('PRAGMA journal_mode=' . $_GET['mode'])->fetchAll();
$db->exec('CREATE TABLE t (n)');`;

let folder: string;
let igor: ChildProcess;
let output = '';
let url: string;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'igor-without-koffi-'));
	const files = { 'counter.php': COUNTER, 'database.php': DATABASE, 'create.php': CREATE };
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	const server = ['php-server', '--root', '.', '--listen', '127.0.0.1:0', '--threads', '3'];
	igor = spawn(process.execPath, ['--require', HIDE, BIN, ...server], {
		cwd: folder,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	for (const stream of [igor.stdout, igor.stderr]) {
		stream?.on('data', (chunk) => {
			output += chunk;
		});
	}
	url = await eventually('the ready line', () => /Listening on (\S+)/.exec(output)?.[1], 60);
}, 60_000);

afterAll(async () => {
	const ended = once(igor, 'exit');
	igor.kill('SIGKILL');
	await ended;
	rmSync(folder, { recursive: true, force: true });
});

/** Three requests at once; their answers. */
function thrice(path: string): Promise<string[]> {
	return Promise.all([1, 2, 3].map(async () => (await fetch(`${url}${path}`)).text()));
}

test('one line at the start says what does not hold, and what to install', () => {
	const lines = output.split('\n').filter((line) => line.includes('Locks of files'));
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatch(/not between processes.*koffi/);
});

test('flock() holds between the threads of the server', async () => {
	expect(
		(await thrice('/counter.php'))
			.map(Number)
			.sort((a, b) => a - b)
			.at(-1),
	).toBe(150);
});

test.each(['wal', 'delete'])('SQLite, journal_mode=%s: threads lose no row', { timeout: 120_000 }, async (mode) => {
	await fetch(`${url}/create.php?mode=${mode}`);
	const answers = (await thrice(`/database.php?mode=${mode}`)).map((answer) => JSON.parse(answer));
	expect(answers.map(([, check]) => check)).toEqual(['ok', 'ok', 'ok']);
	expect(Math.max(...answers.map(([count]) => count))).toBe(3 * ROWS);
});
