import { beforeEach, describe, expect, test } from 'vitest';
import type { FileErrorCode } from '../../../src/shared-memory/files/file-error.ts';
import { FileStore } from '../../../src/shared-memory/files/file-store.ts';
import { createFilesBuffer } from '../../../src/shared-memory/files/layout.ts';
import { SharedFiles } from '../../../src/shared-memory/files/shared-files.ts';
import { checkInvariants } from './support/invariants.ts';

let files: SharedFiles;
/** As a PHP thread sees the same files. */
let store: FileStore;

beforeEach(() => {
	const buffer = createFilesBuffer(1024 * 1024);
	files = new SharedFiles(buffer);
	store = new FileStore(buffer, 1, true);
});

const text = (path: string): string | undefined => {
	const content = files.read(path);
	return content && new TextDecoder().decode(content);
};
const code = (action: () => unknown): FileErrorCode | undefined => {
	try {
		action();
		return undefined;
	} catch (error) {
		return (error as { code?: FileErrorCode }).code;
	}
};

/** A symbolic link in a folder that exists. */
function link(path: string, target: string): void {
	const cut = path.lastIndexOf('/');
	let folder = store.root;
	for (const name of path.slice(0, cut).split('/').filter(Boolean)) folder = store.lookup(folder, name);
	store.symlink(folder, path.slice(cut + 1), target);
}

test('write and read: text and bytes, relative and absolute paths, folders on the way', () => {
	files.write('public/index.php', '<?php // ä');
	files.write('/tmp/x/y/z', new Uint8Array([0, 255]));
	expect(text('/app/public/index.php')).toBe('<?php // ä');
	expect(text('./public/../public//index.php')).toBe('<?php // ä');
	expect(files.read('/tmp/x/y/z')).toEqual(new Uint8Array([0, 255]));
	expect(files.read('/tmp/x/y/z')?.buffer).toBeInstanceOf(ArrayBuffer);
	expect(files.read('/../../app/public/index.php')).toBeDefined();
	for (const path of ['nothing', 'public', 'public/index.php/x', '/']) expect(files.read(path)).toBeUndefined();
});

test('a file is replaced as a whole: nobody who reads it gets a mixture', () => {
	files.write('f', 'a'.repeat(3000));
	const before = store.lookup(store.lookup(store.root, 'app'), 'f');
	store.open(before);
	files.write('f', 'b'.repeat(10));
	expect(new Set(store.readAll(before)).size).toBe(1);
	expect(text('f')).toBe('b'.repeat(10));
});

test('look: kinds, sizes, times and real paths', () => {
	const before = Date.now();
	files.write('public/a.txt', 'abc');
	const after = Date.now();
	link('/app/public/link', 'a.txt');
	link('/app/folder', '/app/public');
	link('/app/dangling', 'nowhere');
	link('/app/me', 'me');
	expect(files.look('folder/link')).toMatchObject({
		kind: 'file',
		realPath: '/app/public/a.txt',
		size: 3,
		change: expect.any(Number),
	});
	const { mtime = 0 } = files.look('public/a.txt') ?? {};
	expect([before <= mtime, mtime <= after]).toEqual([true, true]);
	expect(files.look('folder/')).toMatchObject({ kind: 'directory', realPath: '/app/public', size: 0 });
	expect(files.look('folder/..')).toMatchObject({ realPath: '/app' });
	expect(files.look('/')).toMatchObject({ kind: 'directory', realPath: '/' });
	for (const path of ['dangling', 'me', 'public/a.txt/', 'public/a.txt/.', 'x']) {
		expect([path, files.look(path)]).toEqual([path, undefined]);
	}
	expect(files.read('me')).toBeUndefined();
});

test('writing through symbolic links leaves the links, and makes what a dangling one leads to', () => {
	files.write('real/file', 'old');
	link('/app/link', 'real/file');
	link('/app/new', 'real/made');
	files.write('link', 'written');
	files.write('new', 'made');
	expect([text('real/file'), text('real/made')]).toEqual(['written', 'made']);
	expect(files.look('link')?.realPath).toBe('/app/real/file');
	link('/app/round', 'round');
	expect(code(() => files.write('round', ''))).toBe('ELOOP');
});

test('list: all files, or those below a folder, sorted', () => {
	for (const path of ['b', 'a/2', 'a/1', 'a/deep/er', '/tmp/t']) files.write(path, '');
	files.makeFolder('empty/folder');
	link('/app/link', 'a/1');
	link('/app/a/up', '..');
	link('/app/dangling', 'nowhere');
	expect(files.list('.')).toEqual(['/app/a/1', '/app/a/2', '/app/a/deep/er', '/app/b', '/app/link']);
	expect(files.list('a/deep')).toEqual(['/app/a/deep/er']);
	expect(files.list()).toContain('/tmp/t');
	expect(files.list('nothing')).toEqual([]);
	expect(files.list('b')).toEqual([]);
});

test('remove: files, links and whole folders; nothing there is fine', () => {
	const { free } = files.space();
	for (const path of ['a/1', 'a/b/2', 'keep/3']) files.write(path, 'content');
	link('/app/a/link', '/app/keep');
	files.remove('a');
	files.remove('a');
	files.remove('keep/3/4');
	expect(files.look('a')).toBeUndefined();
	expect(text('keep/3')).toBe('content');
	expect(code(() => files.remove('/'))).toBe('EPERM');
	expect(code(() => files.remove('/app/..'))).toBe('EPERM');
	files.remove('/app');
	expect(files.space().free).toBe(free);
	checkInvariants(files.buffer);
});

describe('refusals say which path', () => {
	test.each([
		['keep', 'EISDIR'],
		['/', 'EISDIR'],
		['keep/file/below', 'ENOTDIR'],
		['keep/file/', 'ENOTDIR'],
		['keep/new/', 'EISDIR'],
		['x'.repeat(300), 'ENAMETOOLONG'],
	])('%s', (path, expected) => {
		files.write('keep/file', '');
		expect(code(() => files.write(path, ''))).toBe(expected);
		expect(() => files.write(path, '')).toThrow(path === '/' ? '/: ' : `/app/${path}: `);
	});

	test('full', () => {
		files.write('f', 'old');
		expect(code(() => files.write('f', new Uint8Array(2 * 1024 * 1024)))).toBe('ENOSPC');
		expect(text('f')).toBe('old');
		checkInvariants(files.buffer);
	});
});

test('changes: each change counts, looking does not, and a file says when it changed', () => {
	const steps: number[] = [files.changes];
	const step = (action: () => unknown): void => {
		action();
		steps.push(files.changes);
	};
	step(() => files.write('f', '1'));
	step(() => files.write('f', '2'));
	step(() => store.append(store.lookup(store.lookup(store.root, 'app'), 'f'), new Uint8Array(1), 0, 1));
	step(() => files.remove('f'));
	expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
	files.write('g', '1');
	const before = files.changes;
	files.write('f', '3');
	const changed = files.list().filter((path) => (files.look(path)?.change ?? 0) > before);
	expect(changed).toEqual(['/app/f']);
	const after = files.changes;
	files.look('f');
	files.read('f');
	files.list();
	expect(files.changes).toBe(after);
});

test('a file that a thread replaces all the time is always there for the host, too', async () => {
	files.write('releases/a/in', 'whole');
	files.write('releases/b/in', 'whole');
	files.write('file', 'whole');
	const folder = store.lookup(store.root, 'app');
	// As if it were done by another thread, between any two steps of the host.
	const find = FileStore.prototype.find;
	let turn = 0;
	FileStore.prototype.find = function (this: FileStore, ...at) {
		const found = find.apply(this, at);
		if (this !== store && turn++ % 5 !== 0) {
			store.create(folder, 'file.new', 0o100644);
			store.append(store.lookup(folder, 'file.new'), new TextEncoder().encode('whole'), 0, 5);
			store.rename(folder, 'file.new', folder, 'file');
			store.symlink(folder, 'current.new', `releases/${'ab'[turn % 2]}`);
			store.rename(folder, 'current.new', folder, 'current');
		}
		return found;
	};
	try {
		files.look('file');
		for (let i = 0; i < 200; i++) {
			expect(text('file')).toBe('whole');
			expect(text('current/in')).toBe('whole');
			expect(files.look('current/in')?.size).toBe(5);
			expect(files.look('file')?.size).toBe(5);
		}
	} finally {
		FileStore.prototype.find = find;
	}
});

test('the host waits for a terminated thread that may still be in the middle of a change', () => {
	new Int32Array(files.buffer)[1] = 7;
	files.releaseThread(7);
	files.write('f', 'again');
	expect(text('f')).toBe('again');
});

test('a page does not wait for ever for a thread that holds the files', () => {
	const words = new Int32Array(files.buffer);
	words[1] = 7;
	expect(code(() => files.write('f', ''))).toBe('EBUSY');
	expect(files.changes).toBe(0);
	files.releaseThread(7, true);
	files.write('f', 'again');
	expect(text('f')).toBe('again');
});
