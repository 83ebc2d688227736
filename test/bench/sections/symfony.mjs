import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { phpCli } from '../igor.mjs';
import { pageNote, pageRows } from '../pages.mjs';

const app = fileURLToPath(new URL('../../programs/symfony-app', import.meta.url));
/** Where Debian has Symfony. */
const libraries = '/usr/share/php';
const env = { APP_ENV: 'prod', APP_DEBUG: '0' };
const modes = {
	classic: { options: ['--threads', '2'] },
	worker: {
		options: ['--threads', '1', '--worker', 'public/index.php,2'],
		targets: { 'nginx + php-fpm': 1.3 },
	},
};
const what = (mode) => `Symfony page by Twig, ${mode}, 2 threads`;

/** A page of the Symfony application of the tests, in both modes. */
export async function symfony() {
	if (!existsSync(`${libraries}/Symfony/Bundle/TwigBundle`)) {
		return {
			rows: Object.keys(modes).map((mode) => ({
				what: `${what(mode)} / nginx + php-fpm`,
				missing: `no Symfony in ${libraries}`,
			})),
		};
	}
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-symfony-'));
	try {
		cpSync(app, folder, { recursive: true });
		const shown = [
			...['--mount', `${libraries}:ro`],
			...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
		];
		await phpCli(folder, {}, ...shown, '--ext', 'intl', 'bin/console', 'cache:clear');
		const rows = [];
		for (const [mode, { options, targets }] of Object.entries(modes)) {
			rows.push(
				...(await pageRows({
					what: what(mode),
					folder,
					root: `${folder}/public`,
					page: { path: '/?search=chair', says: 'Green Table' },
					igor: [...options, ...shown],
					native: { env, extensions: ['mbstring', 'xml'] },
					targets,
				})),
			);
		}
		if (existsSync(`${folder}/var/cache/dev`)) throw new Error('Somebody ran the application for development.');
		return { notes: [pageNote], rows };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
