import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Party } from './support/lock-app.ts';
import { nativePhp } from './support/native-php.ts';
import type { Program } from './support/neighbours.ts';
import { noProcFolder, whileItSleeps } from './support/processor-time.ts';
import { Database } from './support/writers.ts';

const PROGRAMS: readonly Program[] = nativePhp === undefined ? ['php-cli'] : ['php-cli', 'native'];
const PARTIES: readonly Party[] = ['server', ...PROGRAMS];
const PAIRS = PROGRAMS.flatMap((holder) => PARTIES.map((other) => [holder, other] as const)).filter(
	([holder, other]) => holder !== 'native' || other !== 'native',
);
const LOCKED = expect.stringContaining('database is locked');
const TIME = { timeout: 120_000 };

function withRows(mode: 'wal' | 'delete'): Database {
	const database = new Database(mode);
	// Small pages: a long WAL is not so big.
	database.inspect(
		'PRAGMA page_size=1024',
		'CREATE TABLE t (n INTEGER)',
		'INSERT INTO t VALUES (1)',
		`PRAGMA journal_mode=${mode}`,
	);
	return database;
}

/** Runs statements somewhere. */
function by(database: Database, party: Party, sql: readonly string[], timeout = 60): Promise<unknown> {
	return party === 'server'
		? database.request('statements', { sql, timeout })
		: database.run(party, 'statements', { sql, timeout });
}

describe('who has a database keeps others out', TIME, () => {
	test.each(PAIRS)('%s has it exclusively: %s is refused, and gets it afterwards', async (holder, other) => {
		await using database = withRows('delete');
		await database.serve(1);
		const held = database.start(holder, 'statements', { sql: ['BEGIN EXCLUSIVE', 'SELECT 1'], hold: 'go' });
		await held.printed('holding');
		expect(await by(database, other, ['INSERT INTO t VALUES (2)'], 0)).toEqual(LOCKED);
		expect(await by(database, other, ['SELECT * FROM t'], 0)).toEqual(LOCKED);
		database.tell('go');
		await held.ended();
		expect(await by(database, other, ['INSERT INTO t VALUES (2)', 'SELECT count(*) FROM t'])).toEqual([2]);
	});

	test.each(PAIRS)('WAL, %s writes: %s reads what was there before, and may not write', async (holder, other) => {
		await using database = withRows('wal');
		await database.serve(1);
		const sql = ['BEGIN IMMEDIATE', 'INSERT INTO t VALUES (2)'];
		const held = database.start(holder, 'statements', { sql, hold: 'go' });
		await held.printed('holding');
		expect(await by(database, other, ['INSERT INTO t VALUES (3)'], 0)).toEqual(LOCKED);
		expect(await by(database, other, ['SELECT * FROM t'], 0)).toEqual([1]);
		database.tell('go');
		await held.ended();
		expect(await by(database, other, ['INSERT INTO t VALUES (3)', 'SELECT n FROM t'])).toEqual([1, 3]);
	});

	test.each(PAIRS)('WAL, locking_mode=EXCLUSIVE of %s: %s is refused, and misses nothing', async (holder, other) => {
		await using database = withRows('wal');
		await database.serve(1);
		const sql = ['SELECT * FROM t', 'PRAGMA locking_mode=EXCLUSIVE', 'INSERT INTO t VALUES (2)'];
		const held = database.start(holder, 'statements', { sql, hold: 'go' });
		await held.printed('holding');
		expect(await by(database, other, ['SELECT * FROM t'], 0)).toEqual(LOCKED);
		database.tell('go');
		await held.ended();
		expect(await by(database, other, ['SELECT * FROM t'])).toEqual([1, 2]);
	});

	test.skipIf(noProcFolder)('who waits for it sleeps', async () => {
		await using database = withRows('delete');
		const sql = ['BEGIN EXCLUSIVE', 'SELECT 1'];
		const held = database.start(PROGRAMS.at(-1) as Program, 'statements', { sql, hold: 'go' });
		await held.printed('holding');
		const waiting = database.start('php-cli', 'statements', { sql: ['SELECT n FROM t'], say: 'asking' });
		await waiting.printed('asking');
		// SQLite waits 100 ms at a time, in which it looks at the clock some 50 times.
		expect(await whileItSleeps(waiting.pid, 500)).toBeLessThan(0.7);
		database.tell('go');
		expect(await waiting.ended()).toContain('[1]');
	});

	test('a request that leaves locking_mode=EXCLUSIVE shares its rows at once', async () => {
		await using database = withRows('wal');
		await database.serve(1);
		const sql = [
			'SELECT * FROM t',
			'PRAGMA locking_mode=EXCLUSIVE',
			'INSERT INTO t VALUES (2)',
			'PRAGMA locking_mode=NORMAL',
			'SELECT * FROM t',
		];
		const held = database.start('php-cli', 'statements', { sql, hold: 'go' });
		await held.printed('holding');
		for (const party of PARTIES) expect(await by(database, party, ['SELECT * FROM t'])).toEqual([1, 2]);
		database.tell('go');
		expect(await held.ended()).toContain('[1,2]');
	});
});

describe('WAL', TIME, () => {
	test('the last one to close writes everything into the database, and removes the other files', async () => {
		await using database = withRows('wal');
		const held = database.start('php-cli', 'statements', { sql: ['SELECT * FROM t'], hold: 'go' });
		await held.printed('holding');
		await database.run(PROGRAMS.at(-1) as Program, 'statements', { sql: ['INSERT INTO t VALUES (2)'] });
		expect(existsSync(join(database.folder, 'data/test.db-wal'))).toBe(true);
		database.tell('go');
		await held.ended();
		for (const end of ['-wal', '-shm']) expect(existsSync(join(database.folder, `data/test.db${end}`))).toBe(false);
		expect(database.inspect('SELECT n FROM t')).toEqual([[1], [2]]);
	});

	test.each(PAIRS)('%s is killed while it writes: %s has all that was confirmed', async (victim, survivor) => {
		await using database = withRows('wal');
		await database.serve(1);
		const sql = ['INSERT INTO t VALUES (2)', 'PRAGMA cache_size=1', 'BEGIN'];
		for (let i = 0; i < 40; i++) sql.push('INSERT INTO t SELECT length(randomblob(9)) FROM t, t, t LIMIT 500');
		const killed = database.start(victim, 'statements', { sql, hold: 'never' });
		await killed.printed('holding');
		// Its frames are in the WAL already, for its cache was too small.
		expect(readFileSync(join(database.folder, 'data/test.db-wal')).length).toBeGreaterThan(10_000);
		killed.signal('SIGKILL');
		await killed.ended();
		const rest = ['INSERT INTO t VALUES (3)', 'SELECT n FROM t'];
		expect(await by(database, survivor, rest)).toEqual([1, 2, 3]);
		expect(await by(database, survivor, ['PRAGMA integrity_check'])).toEqual(['ok']);
	});

	test.each(PAIRS)('many MB, written by %s and read by %s: nothing is missing', async (writer, reader) => {
		await using database = withRows('wal');
		await database.serve(1);
		// More frames than three parts of the index have entries for, and nobody may write them back.
		const before = ['PRAGMA wal_autocheckpoint=0', 'CREATE TABLE big (i INTEGER PRIMARY KEY, filling BLOB)'];
		const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
			INSERT INTO big (filling) SELECT zeroblob(900) FROM n`;
		const held = database.start(writer, 'statements', { sql: [...before, fill, fill, fill, fill], hold: 'go' });
		await held.printed('holding');
		const sum = ['SELECT count(*) FROM big', 'SELECT sum(length(filling)) FROM big'];
		expect(await by(database, reader, sum)).toEqual([14_400_000]);
		expect(await by(database, reader, [...before.slice(0, 1), fill, ...sum])).toEqual([18_000_000]);
		expect(await by(database, reader, ['PRAGMA integrity_check'])).toEqual(['ok']);
		database.tell('go');
		await held.ended();
		expect(database.inspect('SELECT count(*) FROM big')).toEqual([[20_000]]);
	});
});
