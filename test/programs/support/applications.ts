import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPLICATIONS = fileURLToPath(new URL('../../../.cache/applications', import.meta.url));

/** A sentence for lacking(). They are fetched by .ci/run, where tests fail without them. */
export const missingApplications =
	process.env.CI || existsSync(APPLICATIONS)
		? undefined
		: 'There are no WordPress and no MediaWiki: test/programs/fetch-applications.sh';

/** MediaWiki as its package has it; whoever installs it writes elsewhere. */
export const MEDIAWIKI = join(APPLICATIONS, 'mediawiki');

/** Copies WordPress, ready for its installer. */
export function copyWordPress(folder: string): void {
	cpSync(join(APPLICATIONS, 'wordpress'), folder, { recursive: true });
}

/** Has a WordPress keep its data in SQLite, by the plugin. The first part of the installer asks only for MySQL: it is left out. */
export function useSqlite(folder: string): void {
	const plugin = join(folder, 'wp-content/plugins/sqlite-database-integration');
	cpSync(join(APPLICATIONS, 'sqlite-database-integration'), plugin, { recursive: true });
	cpSync(join(plugin, 'db.copy'), join(folder, 'wp-content/db.php'));
	const sample = readFileSync(join(folder, 'wp-config-sample.php'), 'utf8');
	let phrases = 0;
	writeFileSync(
		join(folder, 'wp-config.php'),
		sample.replaceAll('put your unique phrase here', () => `phrase ${++phrases}`),
	);
}
