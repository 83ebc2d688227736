import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingPhp } from '../support/programs.ts';
import { missingApplications } from './support/applications.ts';
import { MariaDb, missingMariaDb } from './support/mariadb.ts';
import { textOf, Visitor } from './support/visitor.ts';
import { Wiki } from './support/wiki.ts';

const LIMIT = 420_000;
const WIKITEXT = `== Überschrift ==
''Italic'', '''bold''', [[Main Page|a link]], <nowiki>[[none]]</nowiki>

{| class="wikitable"
! Name !! Value
|-
| π || 3.14
|}
{{lc:ÄÖÜ}} {{formatnum:1234567.5}} {{PAGENAME}}`;
const HEADLINE = '<span class="mw-headline" id="Überschrift">Überschrift</span>';

afterAll(cleanUp);

describe.skipIf(lacking(missingApplications ?? missingPhp('intl', 'mbstring', 'xml', 'pdo_sqlite')))(
	'MediaWiki',
	() => {
		test('on SQLite: its installer in the browser, a page, and its scripts as native PHP runs them', {
			timeout: LIMIT,
		}, async () => {
			const wiki = await Wiki.create('--network', 'off');
			const igor = await wiki.serve();
			await wiki.installInBrowser();
			const page = textOf(await wiki.write('Igor', WIKITEXT));
			expect(page).toContain(HEADLINE);
			const [, styles = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(page) ?? [];
			const css = await new Visitor(`http://${wiki.host}`).get(styles.replaceAll('&amp;', '&'));
			expect(css.type).toBe('text/css; charset=utf-8');
			expect(textOf(css)).toContain('.mw-body');
			expect(igor.stderr).toBe('');

			expect(await wiki.run('edit.php', ['--user', 'Admin', 'From stdin'], WIKITEXT)).toMatchObject({
				status: 0,
				err: '',
			});
			for (const [script, ...args] of [
				['parse.php', '--title', 'Igor'],
				['getText.php', 'From stdin'],
				['showSiteStats.php'],
			] as const) {
				const native = await wiki.runNatively(script, args, WIKITEXT);
				expect(native).toMatchObject({ status: 0 });
				expect(await wiki.run(script, args, WIKITEXT)).toEqual(native);
			}
		});

		test("on SQLite: its installer on the command line, and its search by SQLite's FTS3", {
			timeout: LIMIT,
		}, async () => {
			const wiki = await Wiki.create('--network', 'off');
			await wiki.install('--dbtype', 'sqlite', '--dbpath', join(wiki.folder, 'data'), '--dbname', 'wiki');
			const igor = await wiki.serve();
			expect(textOf(await wiki.write('Igor', WIKITEXT))).toContain(HEADLINE);
			const visitor = new Visitor(`http://${wiki.host}`);
			const found = textOf(await visitor.get('/index.php?fulltext=1&search=italic+%22a+link%22'));
			expect(found).toContain('href="/index.php/Igor" title="Igor" data-serp-pos="0"');
			const nothing = textOf(await visitor.get('/index.php?fulltext=1&search=roman'));
			expect(nothing).toContain('There were no results matching the query.');
			expect(igor.stderr).toBe('');
		});
	},
);

describe.skipIf(lacking(missingApplications ?? missingMariaDb))('MediaWiki on MariaDB', () => {
	let database: MariaDb;
	beforeAll(async () => {
		database = await MariaDb.start();
	});
	afterAll(async () => {
		await database?.[Symbol.asyncDispose]();
	});

	test('by its UNIX socket: its installer on the command line, and a page', { timeout: LIMIT }, async () => {
		const wiki = await Wiki.create('--network', 'off', '--mount', database.socketFolder);
		const { user, password } = MariaDb;
		await wiki.install(
			...['--dbtype', 'mysql', '--dbserver', `localhost:${database.socket}`, '--dbname', 'wiki'],
			...['--installdbuser', user, '--installdbpass', password, '--dbuser', user, '--dbpass', password],
		);
		const igor = await wiki.serve();
		expect(textOf(await wiki.write('Igor', WIKITEXT))).toContain(HEADLINE);
		expect(igor.stderr).toBe('');
	});
});
