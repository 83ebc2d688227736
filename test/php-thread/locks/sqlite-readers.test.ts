import { describe, expect, test } from 'vitest';
import { nativePhp } from './support/native-php.ts';
import type { Program } from './support/neighbours.ts';
import { Database, type JournalMode } from './support/writers.ts';

const TIME = { timeout: 120_000 };
/** Transfers of the writer that is counted, after which all are told to stop. */
const ENOUGH = 150;

/** Accounts whose sum is 2,000. */
function withAccounts(mode: JournalMode): Database {
	const database = new Database(mode);
	database.inspect(
		'CREATE TABLE a (id INTEGER PRIMARY KEY, v INTEGER, filling TEXT)',
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 20)
			INSERT INTO a SELECT i, 100, hex(zeroblob(400)) FROM n`,
		'CREATE TABLE done (n INTEGER)',
	);
	return database;
}

describe.each(['wal', 'delete'] as const)('journal_mode=%s: who reads while others write', TIME, (mode) => {
	test('sees one state for as long as a transaction lasts, and no sum is ever wrong', async () => {
		await using database = withAccounts(mode);
		await database.serve(3);
		const programs: Program[] = nativePhp === undefined ? ['php-cli'] : ['php-cli', 'native'];
		const neighbours = programs.flatMap((program) => [
			database.start(program, 'transfer', { name: `${program}-writer` }),
			database.start(program, 'sum', { name: `${program}-reader` }),
		]);
		const reading = database.request('sum', { name: 'reader' });
		const writing = [
			database.request('transfer', { name: 'writer' }),
			database.request('transfer', { name: 'teller', tell: ENOUGH, all: neighbours.length + 3 }),
		];
		await Promise.all(writing);
		const outputs = await Promise.all(neighbours.map((neighbour) => neighbour.ended()));
		for (const output of [JSON.stringify(await reading), ...outputs]) {
			expect(output).toMatch(/^(\d+|\{"wrong":0\})$/);
		}
		expect(database.inspect('SELECT sum(v) FROM a')).toEqual([[2000]]);
		expect(database.inspect('PRAGMA integrity_check')).toEqual([['ok']]);
	});
});
