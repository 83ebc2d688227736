import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';

/** Where Debian has it: not on everybody's PATH. */
const SERVER = '/usr/sbin/mariadbd';
const START_LIMIT = 60_000;

/** A sentence for lacking(): MariaDB is not on this machine. */
export const missingMariaDb =
	process.env.CI || existsSync(SERVER)
		? undefined
		: "MariaDB is not on this machine: install Debian's mariadb-server-core.";

/** A MariaDB with files, a port and a socket of its own, and one user, who may do everything. */
export class MariaDb implements AsyncDisposable {
	static readonly user = 'author';
	static readonly password = "pass'word";
	readonly port: number;
	/** The folder of the socket, and of nothing else. */
	readonly socketFolder: string;
	readonly #end: () => Promise<unknown>;

	private constructor(socketFolder: string, port: number, end: () => Promise<unknown>) {
		this.socketFolder = socketFolder;
		this.port = port;
		this.#end = end;
	}

	get socket(): string {
		return join(this.socketFolder, 'mariadb.sock');
	}

	/** Makes its files, starts it, and waits until it takes connections. @param databases are in it, empty */
	static async start(...databases: string[]): Promise<MariaDb> {
		const folder = mkdtempSync(join(tmpdir(), 'igor-mariadb-'));
		const socketFolder = mkdtempSync(join(tmpdir(), 'igor-mariadb-socket-'));
		const port = await freePort();
		const data = `--datadir=${folder}/data`;
		// It does not run as root unless it is told to.
		const user = process.getuid?.() === 0 ? ['--user=root'] : [];
		mkdirSync(`${folder}/data`);
		const common = ['--no-defaults', data, ...user, '--innodb-log-file-size=16M', '--innodb-flush-log-at-trx-commit=0'];
		makeSystemTables(common);
		const everywhere = ['localhost', '127.0.0.1'].map(
			(host) =>
				`CREATE USER '${MariaDb.user}'@'${host}' IDENTIFIED BY '${MariaDb.password.replace("'", "''")}';\n` +
				`GRANT ALL ON *.* TO '${MariaDb.user}'@'${host}' WITH GRANT OPTION;\n`,
		);
		const made = databases.map((name) => `CREATE DATABASE ${name};\n`);
		writeFileSync(`${folder}/init.sql`, [...made, ...everywhere].join(''));
		const child = spawn(
			SERVER,
			[
				...[...common, `--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'],
				...[`--socket=${socketFolder}/mariadb.sock`, `--pid-file=${folder}/pid`, `--init-file=${folder}/init.sql`],
				'--innodb-buffer-pool-size=32M',
			],
			{ stdio: ['ignore', 'ignore', 'pipe'], signal: AbortSignal.timeout(15 * 60_000), killSignal: 'SIGKILL' },
		);
		const ended = once(child, 'close').catch(() => {});
		const kill = () => child.kill('SIGKILL');
		process.once('exit', kill);
		const end = async () => {
			kill();
			await ended;
			process.off('exit', kill);
			for (const own of [folder, socketFolder]) rmSync(own, { recursive: true, force: true });
		};
		let log = '';
		const ready = new Promise<boolean>((resolve) => {
			child.stderr.setEncoding('utf8').on('data', (text) => {
				log += text;
				if (log.includes('ready for connections')) resolve(true);
			});
			ended.then(() => resolve(false));
			setTimeout(() => resolve(false), START_LIMIT).unref();
		});
		if (!(await ready)) {
			await end();
			throw new Error(`MariaDB does not start:\n${log}`);
		}
		return new MariaDb(socketFolder, port, end);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#end();
	}
}

/** What mariadb-install-db does, which wants programs of other packages, without help texts and the like. */
function makeSystemTables(options: readonly string[]): void {
	const scripts = [
		'mysql_system_tables',
		'mysql_performance_tables',
		'mysql_system_tables_data',
		'maria_add_gis_sp_bootstrap',
	];
	const sql = scripts.map((name) => readFileSync(`/usr/share/mysql/${name}.sql`, 'utf8'));
	execFileSync(SERVER, [...options, '--bootstrap'], {
		input: ['CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n', ...sql].join('\n'),
		stdio: ['pipe', 'ignore', 'pipe'],
		timeout: START_LIMIT,
	});
}
