import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closeKept } from '../../src/platform/node/files/kept-files.ts';
import { temporaryFolder } from '../platform/node/listeners/support.ts';
import { type ServedSite, serveSite } from '../site/serve-site.ts';
import { eventually } from '../support/eventually.ts';

const SITES = { file_server: 'file_server', php_server: 'php_server' };
const BEFORE = 'before';

const CHANGES: [string, (file: string) => void, string][] = [
	['written anew', (file) => writeFileSync(file, 'after!'), 'after!'],
	['longer', (file) => appendFileSync(file, ' and after'), 'before and after'],
	['shorter', (file) => truncateSync(file, 3), 'bef'],
	['empty', (file) => truncateSync(file), ''],
	[
		'replaced by another one',
		(file) => {
			writeFileSync(`${file}.new`, 'after!');
			renameSync(`${file}.new`, file);
		},
		'after!',
	],
	[
		'in a folder that was replaced',
		(file) => {
			renameSync(join(file, '..'), join(file, '..', '..', 'old'));
			mkdirSync(join(file, '..'));
			writeFileSync(file, 'after!');
		},
		'after!',
	],
];

describe.each(Object.entries(SITES))('a file that was sent a moment ago, by %s', (_, directives) => {
	/** The site, once it has sent the file. */
	async function sentOnce(): Promise<ServedSite & { file: string }> {
		const site = await serveSite(directives, { files: { 'docs/page.txt': BEFORE, 'secret/key.txt': 'private' } });
		for (let times = 0; times < 3; times++) expect(await site.ask('/docs/page.txt')).toMatchObject({ body: BEFORE });
		return { ...site, file: join(site.folder, 'docs', 'page.txt') };
	}

	test.each(CHANGES)('is sent as it is now: %s', async (_change, change, body) => {
		const { ask, file } = await sentOnce();
		change(file);
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body });
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body });
	});

	test('is sent as it is now, also when it has long been what it was', async () => {
		const names = CHANGES.map((_change, number) => `${number}/page.txt`);
		const { ask, folder } = await serveSite(directives, {
			files: Object.fromEntries(names.map((name) => [name, BEFORE])),
		});
		// From then on each change shows in the file's times.
		const written = Date.now();
		await eventually('the files are old', () => Date.now() - written > 2100);
		for (const [number, [change, act, body]] of CHANGES.entries()) {
			const path = `/${names[number]}`;
			for (let times = 0; times < 3; times++) expect(await ask(path), change).toMatchObject({ body: BEFORE });
			expect(await ask(path, { method: 'HEAD' }), change).toMatchObject({ status: 200, body: '' });
			act(join(folder, path));
			for (let times = 0; times < 3; times++) expect(await ask(path), change).toMatchObject({ status: 200, body });
		}
	});

	test('is sent as it is now, even if its times and its length say nothing', async () => {
		const { ask, file } = await sentOnce();
		const { atime, mtime } = statSync(file);
		for (const body of ['after1', 'after2', 'after3', 'after4']) {
			writeFileSync(file, body);
			utimesSync(file, atime, mtime);
			expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body });
		}
	});

	test.each<[string, (file: string, folder: string) => void]>([
		['it is gone', (file) => rmSync(file)],
		['its folder is gone', (file) => rmSync(join(file, '..'), { recursive: true })],
		[
			'a link to the outside is in its place',
			(file, folder) => {
				rmSync(file);
				symlinkSync(join(folder, '..'), file);
			},
		],
		[
			'its folder is a link to the outside',
			(file) => {
				const outside = temporaryFolder();
				writeFileSync(join(outside, 'page.txt'), 'outside');
				rmSync(join(file, '..'), { recursive: true });
				symlinkSync(outside, join(file, '..'));
			},
		],
		[
			'it is a pipe',
			(file) => {
				rmSync(file);
				execFileSync('mkfifo', [file]);
			},
		],
	])('is not there when %s', async (_change, change) => {
		const { ask, file, folder } = await sentOnce();
		change(file, folder);
		expect((await ask('/docs/page.txt')).body).not.toMatch(/before|outside/);
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 404 });
	});

	test('is sent in part, and not at all where it is known', async () => {
		const { ask } = await sentOnce();
		const part = await ask('/docs/page.txt', { headers: { Range: 'bytes=1-2' } });
		expect(part).toMatchObject({ status: 206, body: 'ef' });
		const headers = { 'If-None-Match': String(part.headers.etag) };
		expect(await ask('/docs/page.txt', { headers })).toMatchObject({ status: 304, body: '' });
		expect(await ask('/docs/page.txt', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body: BEFORE });
	});

	test('is opened again after it was closed', async () => {
		const { ask, file } = await sentOnce();
		closeKept();
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body: BEFORE });
		writeFileSync(file, 'after!');
		closeKept();
		expect(await ask('/docs/page.txt')).toMatchObject({ status: 200, body: 'after!' });
	});

	test('is one of more than stay open', async () => {
		const files = Object.fromEntries(Array.from({ length: 150 }, (_each, index) => [`many/${index}.txt`, `${index}`]));
		const { ask } = await serveSite(directives, { files });
		for (let round = 0; round < 2; round++) {
			for (let index = 0; index < 150; index++) {
				expect(await ask(`/many/${index}.txt`)).toMatchObject({ status: 200, body: `${index}` });
			}
		}
	});
});
