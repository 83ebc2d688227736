import { describe, expect, test } from 'vitest';
import { noNativePhp } from './support/native-php.ts';
import { Database, JOURNAL_MODES, type JournalMode } from './support/writers.ts';

/** Rows of each of three writers. */
const COUNT = 600;
const TIME = { timeout: 120_000 };

/**
 * A database with the table that `insert.php` writes to. It has its journal mode before the writers come: of several that
 * turn WAL on at the same time, SQLite refuses some at once, however long they would wait (native: 26 of 180).
 */
function withTable(mode: JournalMode): Database {
	const database = new Database(mode);
	database.inspect(`PRAGMA journal_mode=${mode}`);
	database.inspect('CREATE TABLE t (writer TEXT, filling TEXT)');
	return database;
}

/** Every row that a writer was told is there is there, and the file is sound. */
function expectNothingLost(database: Database, reports: readonly unknown[]): void {
	expect(reports).toEqual(reports.map(() => ({ ok: COUNT, refusals: [] })));
	expect(database.inspect('SELECT count(*) FROM t')).toEqual([[COUNT * reports.length]]);
	expect(database.inspect('PRAGMA integrity_check')).toEqual([['ok']]);
}

describe.each(JOURNAL_MODES)('SQLite, journal_mode=%s: every row that was confirmed is there', TIME, (mode) => {
	test('three threads of a server', async () => {
		await using database = withTable(mode);
		await database.serve(3);
		const reports = [0, 1, 2].map((writer) => database.request('insert', { writer, count: COUNT }));
		expectNothingLost(database, await Promise.all(reports));
	});

	test('three processes of php-cli', async () => {
		await using database = withTable(mode);
		const reports = [0, 1, 2].map((writer) => database.run('php-cli', 'insert', { writer, count: COUNT }));
		expectNothingLost(database, await Promise.all(reports));
	});

	test.skipIf(noNativePhp)('a server, php-cli and a native PHP', async () => {
		await using database = withTable(mode);
		await database.serve(1);
		const reports = await Promise.all([
			database.request('insert', { writer: 'server', count: COUNT }),
			database.run('php-cli', 'insert', { writer: 'php-cli', count: COUNT }),
			database.run('native', 'insert', { writer: 'native', count: COUNT }),
		]);
		expectNothingLost(database, reports);
	});
});
