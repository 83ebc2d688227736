import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyWordPress, missingApplications, useSqlite } from '../../programs/support/applications.ts';
import { MariaDb, missingMariaDb } from '../../programs/support/mariadb.ts';
import { phpCli } from '../igor.mjs';
import { pageNote, pageRows } from '../pages.mjs';
import { installPlaygroundCli } from '../playground-cli.mjs';

const wp = fileURLToPath(new URL('../../programs/fixtures/wp.php', import.meta.url));
/** Native PHP's, and one that this WordPress knows. */
const PHP = '8.2';
const THREADS = 2;
const what = `WordPress post, PHP ${PHP}, ${THREADS} threads`;
const page = { path: '/?p=1', says: 'This is your first post' };
const playground = 'Playground CLI';
/** Its pages name the server that shows them, and none of them runs cron. */
const OWN_ADDRESS = `define('DISABLE_WP_CRON', true);
$host = 'http://' . ($_SERVER['HTTP_HOST'] ?? 'localhost');
define('WP_HOME', $host);
define('WP_SITEURL', $host);
/* That's all`;

/** A post of WordPress with its comment. */
export async function wordpress() {
	const missing = missingApplications ?? missingMariaDb;
	if (missing) return { rows: [{ what: `${what} / nginx + php-fpm`, missing }] };
	return { notes: [pageNote], rows: [...(await onMariaDb()), ...(await onSqlite())] };
}

/** By its UNIX socket. */
async function onMariaDb() {
	const database = await MariaDb.start('wordpress');
	try {
		return await blogRows({
			database: 'MariaDB',
			configure: (sample) => withDatabase(sample, database),
			options: ['--mount', database.socketFolder],
			native: { extensions: ['mysqli', 'gd', 'mbstring'] },
			targets: { time: 1.8 },
		});
	} finally {
		await database[Symbol.asyncDispose]();
	}
}

/** As WordPress's own server has it, which brings its own SQLite plugin. */
async function onSqlite() {
	const installed = await installPlaygroundCli();
	const blog = mkdtempSync(path.join(tmpdir(), 'igor-bench-playground-wordpress-'));
	try {
		copyWordPress(blog);
		return await blogRows({
			database: 'SQLite',
			prepare: useSqlite,
			native: { extensions: ['pdo_sqlite', 'gd', 'mbstring'] },
			rivals: {
				[playground]: typeof installed === 'string' ? installed : await installed.start(blog, page.path, PHP, THREADS),
			},
			targets: { [playground]: 6 },
		});
	} finally {
		installed.remove?.();
		rmSync(blog, { recursive: true, force: true });
	}
}

/** @param configure makes wp-config.php of what is there */
async function blogRows({
	database,
	prepare = () => {},
	configure = (config) => config,
	options = [],
	native,
	rivals,
	targets,
}) {
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-wordpress-'));
	try {
		copyWordPress(folder);
		writeFileSync(`${folder}/wp-config.php`, readFileSync(`${folder}/wp-config-sample.php`));
		prepare(folder);
		const config = configure(readFileSync(`${folder}/wp-config.php`, 'utf8'));
		writeFileSync(
			`${folder}/wp-config.php`,
			config.replace("/* That's all", () => OWN_ADDRESS),
		);
		await phpCli(folder, { php: PHP }, ...options, wp, 'core install');
		return await pageRows({
			what: `${what}, ${database}`,
			folder,
			page,
			igor: ['--threads', String(THREADS), ...options],
			php: PHP,
			native,
			rivals,
			targets,
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function withDatabase(sample, database) {
	const settings = {
		DB_NAME: 'wordpress',
		DB_USER: MariaDb.user,
		DB_PASSWORD: MariaDb.password.replace("'", "\\'"),
		DB_HOST: `localhost:${database.socket}`,
	};
	return sample.replace(/define\( '(\w+)', '.*' \);/g, (line, name) =>
		settings[name] ? `define('${name}', '${settings[name]}');` : line,
	);
}
