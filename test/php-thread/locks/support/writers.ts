import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Server, serve } from 'igor-php';
import { Neighbour, type Program } from './neighbours.ts';

export const JOURNAL_MODES = ['wal', 'delete', 'truncate', 'persist', 'memory'] as const;
export type JournalMode = (typeof JOURNAL_MODES)[number];

/** Opens the database as all scripts do: `$db`, and what they were asked for in `$in`. */
const OPEN = `<?php
$in = isset($argv) && count($argv) > 1 ? json_decode($argv[1], true) : $_GET;
function open(array $in, int $timeout = 60): PDO {
	$db = new PDO('sqlite:' . __DIR__ . '/data/test.db', null, null, [PDO::ATTR_TIMEOUT => $timeout]);
	$db->exec('PRAGMA synchronous=OFF');
	$db->query('PRAGMA journal_mode=' . $in['mode'])->fetchAll();
	return $db;
}
`;

/** Inserts rows, each in a transaction of its own, and prints how many it was told are there. */
const INSERT = `${OPEN}
$db = open($in);
$ok = 0;
$refusals = [];
$own = $db->prepare('SELECT count(*) FROM t WHERE writer = ?');
$insert = $db->prepare('INSERT INTO t (writer, filling) VALUES (?, hex(randomblob(40)))');
for ($i = 0; $i < $in['count']; $i++) {
	try {
		$insert->execute([$in['writer']]);
		$ok++;
		if ($i % 20 === 0) {
			$own->execute([$in['writer']]);
			if ((int) $own->fetchColumn() !== $ok) $refusals[] = 'a row of its own is missing';
			$own->closeCursor();
		}
	} catch (PDOException $e) {
		$refusals[] = $e->getMessage();
	}
}
echo json_encode(['ok' => $ok, 'refusals' => array_count_values($refusals)]);
`;

/**
 * Moves money between accounts until it is told to stop; their sum never changes. With `tell` it begins when `all` are
 * there, and tells the others after so many transfers.
 */
const TRANSFER = `${OPEN}
$db = open($in);
$done = 0;
touch(__DIR__ . "/data/here-$in[name]");
while (count(glob(__DIR__ . '/data/here-*')) < (int) ($in['all'] ?? 0)) usleep(1000);
while (!file_exists(__DIR__ . '/data/stop')) {
	try {
		$db->exec('BEGIN IMMEDIATE');
		[$from, $to, $n] = [random_int(1, 20), random_int(1, 20), random_int(1, 50)];
		$db->exec("UPDATE a SET v = v - $n WHERE id = $from");
		$db->exec("UPDATE a SET v = v + $n WHERE id = $to");
		// A frame of the WAL that is taken back, now and then.
		if ($done % 7 === 0) {
			$db->exec('SAVEPOINT s');
			$db->exec("UPDATE a SET v = 0, filling = hex(randomblob(2000))");
			$db->exec('ROLLBACK TO s');
		}
		$db->exec($done % 5 === 4 ? 'ROLLBACK' : 'COMMIT');
		if (++$done === (int) ($in['tell'] ?? 0)) touch(__DIR__ . '/data/stop');
	} catch (PDOException $e) {
		try { $db->exec('ROLLBACK'); } catch (PDOException) {}
		if (!str_contains($e->getMessage(), 'locked')) { echo json_encode($e->getMessage()); return; }
	}
}
echo json_encode($done);
`;

/** Reads the sum again and again, some reads within one long transaction, which must see one state. */
const SUM = `${OPEN}
$db = open($in);
$reads = $wrong = 0;
touch(__DIR__ . "/data/here-$in[name]");
while (!file_exists(__DIR__ . '/data/stop') || $reads === 0) {
	try {
		$db->exec('BEGIN');
		$first = null;
		for ($i = 0; $i < 10; $i++) {
			$state = $db->query('SELECT sum(v), group_concat(v) FROM a')->fetch(PDO::FETCH_NUM);
			$first ??= $state;
			if ((int) $state[0] !== 2000 || $state !== $first) $wrong++;
			$reads++;
		}
		$db->exec('COMMIT');
	} catch (PDOException $e) {
		try { $db->exec('ROLLBACK'); } catch (PDOException) {}
		if (!str_contains($e->getMessage(), 'locked')) { echo json_encode($e->getMessage()); return; }
	}
}
echo json_encode(['wrong' => $wrong]);
`;

/** Runs statements of one connection and prints the last result, or why one was refused. */
const STATEMENTS = `${OPEN}
if (isset($in['say'])) echo "$in[say]\n";
try {
	$db = open($in, (int) ($in['timeout'] ?? 60));
	foreach ((array) $in['sql'] as $sql) $result = $db->query($sql)->fetchAll(PDO::FETCH_COLUMN);
	if (isset($in['hold'])) {
		echo "holding\\n";
		flush();
		while (!file_exists(__DIR__ . '/data/' . $in['hold'])) usleep(1000);
		$db = null;
	}
	echo json_encode($result);
} catch (PDOException $e) {
	echo json_encode($e->getMessage());
}
`;

const SCRIPTS = { insert: INSERT, transfer: TRANSFER, sum: SUM, statements: STATEMENTS };
export type ScriptName = keyof typeof SCRIPTS;
export type Arguments = Readonly<Record<string, string | number | readonly string[]>>;

/** A folder with a database and the scripts that use it, a server for it, and other processes. */
export class Database implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-sqlite-')));
	readonly mode: JournalMode;
	readonly #neighbours: Neighbour[] = [];
	#server: Server | undefined;

	constructor(mode: JournalMode) {
		this.mode = mode;
		mkdirSync(join(this.folder, 'data'));
		for (const [name, script] of Object.entries(SCRIPTS)) writeFileSync(join(this.folder, `${name}.php`), script);
	}

	/** Starts a server for the folder. */
	async serve(threads: number): Promise<void> {
		this.#server = await serve({
			root: this.folder,
			listen: false,
			threads,
			log: false,
			phpIni: { max_execution_time: '0' },
		});
	}

	/** Runs a script in the server; undefined = the answer was no JSON. */
	async request(script: ScriptName, args: Arguments = {}): Promise<unknown> {
		const query = new URLSearchParams({ mode: this.mode });
		for (const [name, value] of Object.entries(args)) {
			if (Array.isArray(value)) for (const one of value) query.append(`${name}[]`, one);
			else query.set(name, String(value));
		}
		const response = await (this.#server as Server).fetch(`/${script}.php?${query}`);
		return parse(await response.text());
	}

	/** Starts a script in a process of its own. */
	start(program: Program, script: ScriptName, args: Arguments = {}): Neighbour {
		const json = JSON.stringify({ mode: this.mode, ...args });
		const neighbour = new Neighbour(program, this.folder, join(this.folder, `${script}.php`), json);
		this.#neighbours.push(neighbour);
		return neighbour;
	}

	/** Runs a script in a process of its own to its end. */
	async run(program: Program, script: ScriptName, args: Arguments = {}): Promise<unknown> {
		return parse(await this.start(program, script, args).ended());
	}

	/** Tells scripts that run until they are told. */
	tell(name: string): void {
		writeFileSync(join(this.folder, 'data', name), '');
	}

	/** Runs statements with the SQLite of Node, while nobody else uses the database; the rows of the last one. */
	inspect(...statements: string[]): unknown[][] {
		const database = new DatabaseSync(join(this.folder, 'data/test.db'));
		try {
			return statements
				.map((sql) => database.prepare(sql).all())
				.map((rows) => rows.map((row) => Object.values(row)))
				.at(-1) as unknown[][];
		} finally {
			database.close();
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#neighbours.map((neighbour) => neighbour[Symbol.asyncDispose]()));
		await this.#server?.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

function parse(output: string): unknown {
	try {
		return JSON.parse(output.slice(output.indexOf('\n') + 1) || 'null');
	} catch {
		return `no answer: ${output}`;
	}
}
