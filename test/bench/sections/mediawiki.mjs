import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MEDIAWIKI, missingApplications } from '../../programs/support/applications.ts';
import { phpCli } from '../igor.mjs';
import { pageNote, pageRows } from '../pages.mjs';

/** Native PHP's, and one that this MediaWiki knows. */
const PHP = '8.2';
const what = `MediaWiki page, PHP ${PHP}, SQLite, 2 threads`;
const PAGE = 'Main_Page';
const SAYS = 'A table of chairs';
/** Links, a table, templates' functions: what its parser does for each visitor who is logged in. */
const WIKITEXT = `== ${SAYS} ==
${Array.from({ length: 40 }, (_, i) => `* [[Chair ${i}|Chair]] '''${i}''' {{formatnum:${i * 1234.5}}} {{lc:WOOD}} [https://example.org/${i} shop]`).join('\n')}
{| class="wikitable"
${Array.from({ length: 40 }, (_, i) => `|-\n| ${i} || ''green'' || <nowiki>[[none]]</nowiki>`).join('\n')}
|}`;

/** A page of MediaWiki, without its caches of pages: it is made of its wikitext for each request. */
export async function mediawiki() {
	if (missingApplications) return { rows: [{ what: `${what} / nginx + php-fpm`, missing: missingApplications }] };
	const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'igor-bench-mediawiki-')));
	const settings = `${folder}/LocalSettings.php`;
	const env = { MW_CONFIG_FILE: settings };
	const options = ['--ext', 'intl', '--env', `MW_CONFIG_FILE=${settings}`, '--mount', `${MEDIAWIKI}:ro`];
	try {
		mkdirSync(`${folder}/cache`);
		const script = (name, ...args) =>
			phpCli(folder, { php: PHP }, ...options, `${MEDIAWIKI}/maintenance/${name}`, ...args);
		await script(
			'install.php',
			...['--dbtype', 'sqlite', '--dbpath', `${folder}/data`, '--dbname', 'wiki', '--server', 'http://127.0.0.1'],
			...['--scriptpath', '', '--pass', 'Corr3ct h0rse battery', '--skins', 'Vector', '--confpath', folder],
			...['Chairs', 'Admin'],
		);
		appendFileSync(
			settings,
			`
$wgCacheDirectory = '${folder}/cache';
$wgParserCacheType = CACHE_NONE;
$wgServer = 'http://' . ($_SERVER['HTTP_HOST'] ?? 'localhost');
$wgJobRunRate = 0;
`,
		);
		writeFileSync(`${folder}/${PAGE}.txt`, WIKITEXT);
		await script('importTextFiles.php', '--overwrite', `${folder}/${PAGE}.txt`);
		const rows = await pageRows({
			what,
			folder,
			root: MEDIAWIKI,
			page: { path: `/index.php?title=${PAGE}`, says: SAYS },
			igor: ['--threads', '2', ...options],
			php: PHP,
			native: { env, extensions: ['intl', 'mbstring', 'xml', 'pdo_sqlite'] },
		});
		return { notes: [pageNote], rows };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
