import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, phpCli, runProgram } from '../program/support/command-line.ts';
import { cleanUp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingPhp } from '../support/programs.ts';
import { missingApplications, useSqlite } from './support/applications.ts';
import { Blog } from './support/blog.ts';
import { MariaDb, missingMariaDb } from './support/mariadb.ts';
import { png, pngSize } from './support/png.ts';
import { textOf, Visitor } from './support/visitor.ts';

const WP = fileURLToPath(new URL('fixtures/wp.php', import.meta.url));
const PAGE = fileURLToPath(new URL('fixtures/page.php', import.meta.url));
const LIMIT = 420_000;
const SIZES = { thumbnail: [150, 150], medium: [300, 200], large: [1024, 683], full: [1200, 800] };

afterAll(cleanUp);

/** The installer, and a post that a stranger can read, with a picture in each of its sizes. Returns the post's address. */
async function publishOn(blog: Blog): Promise<string> {
	await blog.install();
	const { link, picture } = await blog.publish('Grüße from Igor');
	const stranger = new Visitor(`http://${blog.host}`);
	const page = textOf(await stranger.get(link));
	expect(page).toContain('<title>Grüße from Igor &#8211; Igor’s blog</title>');
	expect(page).toContain(picture.large?.url);
	for (const [size, { url, width, height }] of Object.entries(picture)) {
		const file = await fetch(url);
		expect([size, file.status, file.headers.get('Content-Type')]).toEqual([size, 200, 'image/png']);
		expect(pngSize(Buffer.from(await file.arrayBuffer()))).toEqual([width, height]);
	}
	expect(
		Object.fromEntries(Object.entries(picture).map(([size, { width, height }]) => [size, [width, height]])),
	).toEqual(SIZES);
	return link;
}

describe.skipIf(lacking(missingApplications ?? missingMariaDb))('WordPress on MariaDB', () => {
	let database: MariaDb;
	beforeAll(async () => {
		database = await MariaDb.start('by_tcp', 'by_socket');
	});
	afterAll(async () => {
		await database?.[Symbol.asyncDispose]();
	});

	test.each(['by_tcp', 'by_socket'])('%s: from the installer to a published post', {
		timeout: LIMIT,
	}, async (dbname) => {
		const blog = await Blog.create();
		const igor = await blog.serve(
			...(dbname === 'by_tcp'
				? // Its cron asks the site itself.
					['--network', '127.0.0.1:*']
				: ['--threads', '1', '--network', 'off', '--mount', database.socketFolder]),
		);
		const dbhost = dbname === 'by_tcp' ? `127.0.0.1:${database.port}` : `localhost:${database.socket}`;
		await blog.configure({ dbhost, dbname, uname: MariaDb.user, pwd: MariaDb.password });
		await publishOn(blog);
		expect(igor.stderr).not.toContain('"level":"error"');
	});
});

describe.skipIf(lacking(missingApplications ?? missingPhp('pdo_sqlite', 'mbstring', 'gd')))(
	'WordPress on SQLite',
	() => {
		const cli = (blog: Blog, args: readonly string[], input?: string): Promise<Ended> =>
			phpCli(['--php', '8.2', '--network', 'off', WP, ...args], { cwd: blog.folder, input });
		const native = (blog: Blog, script: string, ...args: string[]): Promise<Ended> =>
			runProgram('php', [script, ...args], { cwd: blog.folder });

		test('from the installer to a published post, which native PHP shows in the same form', {
			timeout: LIMIT,
		}, async () => {
			const blog = await Blog.create();
			useSqlite(blog.folder);
			await blog.serve('--threads', '1', '--network', 'off');
			const link = new URL(await publishOn(blog));
			const page = textOf(await new Visitor(link.origin).get(link.href));
			const natively = await native(blog, PAGE, blog.host, link.pathname + link.search);
			expect(natively).toMatchObject({ status: 0, err: '' });
			expect(page).toBe(natively.out);

			const ran = async (args: readonly string[], input?: string): Promise<unknown> => {
				const { status, out, err } = await cli(blog, args, input);
				expect([args, status, err]).toEqual([args, 0, '']);
				return JSON.parse(out);
			};
			expect(await ran(['user create', 'ada', 'ada@example.org', 'editor'])).toBe(2);
			expect(await ran(['post create', 'From stdin'], 'Line one\n\nLine “two”')).toBeGreaterThan(0);
			expect(await ran(['cron run', 'one value'])).toBe('ran with one value');
			writeFileSync(join(blog.folder, 'small.png'), png(400, 300));
			for (const command of [['user list'], ['post list'], ['media import', 'small.png']]) {
				const natively = await native(blog, WP, ...command);
				expect(natively).toMatchObject({ status: 0, err: '' });
				expect(await ran(command)).toEqual(JSON.parse(natively.out));
			}
			const mailed = await cli(blog, ['mail', 'ada@example.org']);
			expect(JSON.parse(mailed.out)).toEqual([false, ['Could not instantiate mail function.']]);
			expect(mailed.err).toContain('"/usr/sbin/sendmail -t -i" was not run: PHP may run no programs here.');
		});
	},
);
