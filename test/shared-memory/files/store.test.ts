import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { FileErrorCode } from '../../../src/shared-memory/files/file-error.ts';
import { FileStore } from '../../../src/shared-memory/files/file-store.ts';
import { createFilesBuffer, HEADER } from '../../../src/shared-memory/files/layout.ts';
import { checkInvariants, openHandles } from './support/invariants.ts';

const MEGABYTE = 1024 * 1024;
const FILE = 0o100644;
const FOLDER = 0o040755;

let buffer: SharedArrayBuffer;
let store: FileStore;
let root: number;

beforeEach(() => {
	buffer = createFilesBuffer(MEGABYTE);
	store = new FileStore(buffer, 1, true);
	root = store.root;
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (id: number): string => new TextDecoder().decode(store.readAll(id));
const put = (name: string, content: string): number => store.replace(root, name, bytes(content));

function refusal(action: () => unknown): FileErrorCode | undefined {
	try {
		action();
		return undefined;
	} catch (error) {
		return (error as { code?: FileErrorCode }).code;
	}
}

describe('contents', () => {
	test('are read and written at any position, over the borders of pages', () => {
		const id = store.create(root, 'f', FILE);
		const expected = new Uint8Array(5000);
		for (const [position, length] of [
			[0, 10],
			[1020, 10],
			[3000, 2000],
			[2047, 2],
			[4999, 1],
		] as const) {
			const data = Uint8Array.from({ length }, (_, i) => (position + i) % 251);
			store.write(id, data, 0, length, position);
			expected.set(data, position);
		}
		expect(store.readAll(id)).toEqual(expected);
		const target = new Int8Array(20);
		expect(store.read(id, target, 5, 10, 4995)).toBe(5);
		expect([...target].map((byte) => byte & 255)).toEqual([
			0,
			0,
			0,
			0,
			0,
			...expected.slice(4995),
			...Array(10).fill(0),
		]);
		expect(store.read(id, target, 0, 10, 5000)).toBe(0);
		expect(store.read(id, target, 0, 10, 9000)).toBe(0);
		checkInvariants(buffer);
	});

	test('a gap and what a longer size adds read as zeros, whatever the pages held before', () => {
		put('f', 'x'.repeat(8000));
		store.unlink(root, 'f');
		const id = store.create(root, 'f', FILE);
		store.write(id, bytes('end'), 0, 3, 3000);
		store.truncate(id, 5000);
		store.truncate(id, 10);
		store.truncate(id, 3000);
		expect(store.readAll(id).every((byte) => byte === 0)).toBe(true);
		expect(store.stat(id).size).toBe(3000);
		checkInvariants(buffer);
	});

	test('append() returns where it wrote', () => {
		const id = put('f', 'abc');
		expect(store.append(id, bytes('__def__'), 2, 3)).toBe(3);
		expect(text(id)).toBe('abcdef');
	});

	test('replace() leaves the former content to those who have it open', () => {
		const old = put('f', 'old');
		store.setPermissions(old, 0o600);
		const handle = store.open(old);
		const id = put('f', 'new');
		expect([text(old), text(id), store.mode(id)]).toEqual(['old', 'new', 0o100600]);
		store.close(handle);
		expect(refusal(() => store.stat(old))).toBe('ENOENT');
		checkInvariants(buffer);
	});
});

describe('names', () => {
	test('of every form are found, and only they', () => {
		const names = ['a', 'A', 'ä', '文', '🎉', '__proto__', ' ', 'x'.repeat(48), 'x'.repeat(49), 'x'.repeat(255), '...'];
		for (const name of names) put(name, name);
		expect(store.names(root).sort()).toEqual([...names].sort());
		for (const name of names) expect(text(store.lookup(root, name))).toBe(name);
		expect(store.lookup(root, 'x'.repeat(50))).toBe(0);
		for (const name of ['', '.', '..', 'a/b', 'a\0']) expect(refusal(() => put(name, ''))).toBe('EINVAL');
		expect(refusal(() => put('x'.repeat(256), ''))).toBe('ENAMETOOLONG');
		for (const name of names) store.unlink(root, name);
		checkInvariants(buffer);
		expect(store.names(root)).toEqual([]);
	});

	test('errors as in POSIX, and nothing has changed after one', () => {
		const file = put('file', 'x');
		const folder = store.create(root, 'folder', FOLDER);
		const inner = store.create(folder, 'inner', FOLDER);
		const link = store.symlink(root, 'link', 'file');
		const changes = store.changes;
		const refused: [FileErrorCode, () => unknown][] = [
			['EEXIST', () => store.create(root, 'file', FILE)],
			['EEXIST', () => store.create(root, 'file', FOLDER)],
			['EEXIST', () => store.symlink(root, 'folder', 'x')],
			['EINVAL', () => store.create(root, 'device', 0o020666)],
			['ENOENT', () => store.unlink(root, 'nothing')],
			['EISDIR', () => store.unlink(root, 'folder')],
			['ENOTDIR', () => store.rmdir(root, 'file')],
			['ENOTEMPTY', () => store.rmdir(root, 'folder')],
			['ENOENT', () => store.rename(root, 'nothing', root, 'x')],
			['EISDIR', () => store.rename(root, 'file', root, 'folder')],
			['ENOTDIR', () => store.rename(root, 'folder', root, 'file')],
			['EINVAL', () => store.rename(root, 'folder', inner, 'x')],
			['EINVAL', () => store.rename(root, 'folder', folder, 'x')],
			['ENOTDIR', () => store.lookup(file, 'x')],
			['ENOTDIR', () => store.names(file)],
			['EISDIR', () => store.readAll(folder)],
			['EISDIR', () => store.replace(root, 'folder', bytes(''))],
			['EINVAL', () => store.readlink(file)],
			['EINVAL', () => store.write(link, bytes('x'), 0, 1, 0)],
			['EFBIG', () => store.truncate(file, 2 ** 31)],
		];
		expect(refused.map(([, action]) => refusal(action))).toEqual(refused.map(([code]) => code));
		expect(store.changes).toBe(changes);
		checkInvariants(buffer);
	});

	test('a folder that was removed takes no new files, even while it is open', () => {
		const folder = store.create(root, 'folder', FOLDER);
		const handle = store.open(folder);
		store.rmdir(root, 'folder');
		put('file', '');
		expect(refusal(() => store.create(folder, 'x', FILE))).toBe('ENOENT');
		expect(refusal(() => store.rename(root, 'file', folder, 'x'))).toBe('ENOENT');
		expect(store.names(folder)).toEqual([]);
		store.close(handle);
		checkInvariants(buffer);
	});

	test('an id never means another file later', () => {
		const ids = new Set<number>();
		for (let i = 0; i < 100; i++) {
			ids.add(put('f', String(i)));
			store.unlink(root, 'f');
		}
		expect(ids.size).toBe(100);
		for (const id of ids) expect(refusal(() => store.stat(id))).toBe('ENOENT');
	});
});

describe('space', () => {
	test('full is an error that changes nothing, and what is removed can be used again', () => {
		const { free } = store.space();
		const id = store.create(root, 'large', FILE);
		store.write(id, new Uint8Array(free), 0, free, 0);
		expect(store.space().free).toBe(0);
		expect(refusal(() => store.append(id, bytes('x'), 0, 1))).toBe('ENOSPC');
		expect(refusal(() => put('other', 'x'))).toBe('ENOSPC');
		expect(refusal(() => store.create(root, 'y'.repeat(100), FILE))).toBe('ENOSPC');
		expect(refusal(() => store.truncate(id, free + 1))).toBe('ENOSPC');
		expect(store.stat(id).size).toBe(free);
		checkInvariants(buffer);
		store.truncate(id, 100);
		put('other', 'x'.repeat(2000));
		store.unlink(root, 'large');
		store.unlink(root, 'other');
		expect(store.space().free).toBe(free);
		checkInvariants(buffer);
	});

	test('there are files until the table is full, then again after one was removed', () => {
		let count = 0;
		while (refusal(() => store.create(root, `f${count}`, FILE)) === undefined) count++;
		expect(count).toBe(MEGABYTE / 4096 - 1);
		expect(refusal(() => store.create(root, 'one more', FILE))).toBe('ENOSPC');
		store.rename(root, 'f1', root, 'still possible');
		store.unlink(root, 'f0');
		store.create(root, 'one more', FILE);
		checkInvariants(buffer);
	});

	test('many handles: too many is an error', () => {
		const id = put('f', '');
		const handles: number[] = [];
		while (refusal(() => handles.push(store.open(id))) === undefined);
		expect(handles.length).toBe(8192);
		expect(refusal(() => store.open(id))).toBe('ENFILE');
		for (const handle of handles) store.close(handle);
		store.close(store.open(id));
		checkInvariants(buffer);
	});

	test.each([0, 1000, 1.5, 2 ** 31])('%s bytes are no size', (size) => {
		expect(() => createFilesBuffer(size)).toThrow('choose 1 MiB to just under 2 GiB');
	});
});

describe('attributes', () => {
	test('permissions, times and changes', () => {
		const id = put('f', 'x');
		const began = Date.now();
		store.setPermissions(id, 0o40000 | 0o751);
		store.setTimes(id, 1000.5, 2000.25);
		store.setTimes(id, undefined, 3000);
		const stat = store.stat(id);
		expect(stat).toMatchObject({ id, mode: 0o100751, size: 1, atime: 1000.5, mtime: 3000, change: store.changes });
		expect([began <= stat.ctime, stat.ctime <= Date.now()]).toEqual([true, true]);
		const before = store.changes;
		store.read(id, new Uint8Array(1), 0, 1, 0);
		store.close(store.open(id));
		expect(store.changes).toBe(before);
		store.append(id, bytes('y'), 0, 1);
		expect(store.stat(id).mtime).toBeGreaterThan(3000);
		expect(store.stat(id).change).toBe(before + 1);
	});
});

describe('a thread that is gone', () => {
	test('gives back what it had open, and nobody else does', () => {
		const other = new FileStore(buffer, 2, true);
		const host = new FileStore(buffer, -1, false);
		const id = put('f', 'x'.repeat(3000));
		const { free } = store.space();
		const mine = store.open(id);
		other.open(id);
		other.open(id);
		store.unlink(root, 'f');
		other.close(mine);
		host.releaseThread(2, true);
		expect(text(id).length).toBe(3000);
		host.releaseThread(1, true);
		expect(refusal(() => host.stat(id))).toBe('ENOENT');
		expect(host.space().free).toBe(free + 3 * 1024);
		checkInvariants(buffer);
	});

	test('is shut out: it can neither read nor change anything from then on, though it goes on', () => {
		const host = new FileStore(buffer, -1, false);
		const id = put('f', 'x');
		store.open(id);
		host.releaseThread(1);
		expect(openHandles(buffer)).toBe(0);
		const { changes } = host;
		for (const action of [() => put('g', ''), () => store.readAll(id), () => store.open(id), () => store.names(root)]) {
			expect(refusal(action)).toBe('EIO');
		}
		expect(host.changes).toBe(changes);
		expect(new FileStore(buffer, 33, true).names(root)).toEqual(['f']);
		checkInvariants(buffer);
	});

	test('keeps the lock as long as it may still be alive, if nobody knows that it is gone', () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
		try {
			const host = new FileStore(buffer, -1, false);
			const words = new Int32Array(buffer);
			words[HEADER.LOCK] = 1;
			host.releaseThread(1);
			vi.advanceTimersByTime(2500);
			expect(words[HEADER.LOCK]).toBe(1);
			vi.advanceTimersByTime(1000);
			expect(words[HEADER.LOCK]).toBe(0);
			checkInvariants(buffer);
		} finally {
			vi.useRealTimers();
		}
	});

	test('memory that holds something else is refused', () => {
		expect(() => new FileStore(new SharedArrayBuffer(MEGABYTE), 1, true)).toThrow('holds no shared files');
		for (const owner of [0, 2 ** 16])
			expect(() => new FileStore(buffer, owner, true)).toThrow('is no number of a thread');
	});
});
