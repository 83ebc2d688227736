import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyWordPress, missingApplications } from '../../programs/support/applications.ts';
import { MariaDb, missingMariaDb } from '../../programs/support/mariadb.ts';
import { phpCli } from '../igor.mjs';
import { pageNote, pageRow } from '../pages.mjs';

const wp = fileURLToPath(new URL('../../programs/fixtures/wp.php', import.meta.url));
const what = 'WordPress post, classic, 2 threads';

/** A post of WordPress with its comment, on MariaDB by its UNIX socket. */
export async function wordpress() {
	if (missingApplications ?? missingMariaDb) return { rows: [{ what, missing: true }] };
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-wordpress-'));
	const database = await MariaDb.start('wordpress');
	try {
		copyWordPress(folder);
		writeFileSync(`${folder}/wp-config.php`, configured(folder, database));
		const mount = ['--mount', database.socketFolder];
		await phpCli(folder, ...mount, wp, 'core install');
		const row = await pageRow({
			what,
			folder,
			page: { path: '/?p=1', says: 'This is your first post' },
			igor: ['--threads', '2', ...mount],
			native: { extensions: ['mysqli', 'gd', 'mbstring'] },
		});
		return { notes: [pageNote], rows: [row] };
	} finally {
		await database[Symbol.asyncDispose]();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Its pages name the server that shows them, and none of them runs cron. */
function configured(folder, database) {
	const settings = {
		DB_NAME: 'wordpress',
		DB_USER: MariaDb.user,
		DB_PASSWORD: MariaDb.password.replace("'", "\\'"),
		DB_HOST: `localhost:${database.socket}`,
	};
	const sample = readFileSync(`${folder}/wp-config-sample.php`, 'utf8');
	const own = `define('DISABLE_WP_CRON', true);
$host = 'http://' . ($_SERVER['HTTP_HOST'] ?? 'localhost');
define('WP_HOME', $host);
define('WP_SITEURL', $host);
/* That's all`;
	return sample
		.replace(/define\( '(\w+)', '.*' \);/g, (line, name) =>
			settings[name] ? `define('${name}', '${settings[name]}');` : line,
		)
		.replace("/* That's all", () => own);
}
