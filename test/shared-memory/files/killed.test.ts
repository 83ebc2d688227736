import { describe, expect, test } from 'vitest';
import { FileStore } from '../../../src/shared-memory/files/file-store.ts';
import { createFilesBuffer } from '../../../src/shared-memory/files/layout.ts';
import { checkInvariants, snapshot } from './support/invariants.ts';
import { killedAt } from './support/killed.ts';

const FILE = 0o100644;
const FOLDER = 0o040755;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const LONG = 'a name that is so long that it needs a page of its own, '.repeat(3);

/** Some files, and space that was used before, so that lists of free records are not empty. */
function prepared(): { buffer: SharedArrayBuffer; host: FileStore } {
	const buffer = createFilesBuffer(1024 * 1024);
	const host = new FileStore(buffer, -1, false);
	const { root } = host;
	for (let i = 0; i < 5; i++) host.replace(root, `used${i}`, bytes('u'.repeat(2500)));
	host.replace(root, 'file', bytes('f'.repeat(3000)));
	host.replace(root, 'other', bytes('o'.repeat(1500)));
	host.replace(root, LONG, bytes('long'));
	const folder = host.create(root, 'folder', FOLDER);
	host.replace(folder, 'inner', bytes('inner'));
	host.create(folder, 'empty', FOLDER);
	host.create(root, 'empty', FOLDER);
	host.symlink(root, 'link', 'file');
	for (const i of [1, 3, 0, 2]) host.unlink(root, `used${i}`);
	return { buffer, host };
}

type Operation = (store: FileStore) => void;

/** After these either all has happened, or nothing. */
const WHOLE: Record<string, Operation> = {
	create: (s) => s.create(s.root, 'new', FILE),
	'create with a long name': (s) => s.create(s.root, `${LONG}new`, FILE),
	'create a folder': (s) => s.create(s.lookup(s.root, 'folder'), 'new', FOLDER),
	symlink: (s) => s.symlink(s.root, 'new', 'somewhere'),
	'replace nothing': (s) => s.replace(s.root, 'new', bytes('n'.repeat(4000))),
	'replace a file': (s) => s.replace(s.root, 'file', bytes('n'.repeat(4000))),
	'replace a file by nothing': (s) => s.replace(s.root, 'file', bytes('')),
	unlink: (s) => s.unlink(s.root, 'file'),
	'unlink a long name': (s) => s.unlink(s.root, LONG),
	rmdir: (s) => s.rmdir(s.root, 'empty'),
	rename: (s) => s.rename(s.root, 'file', s.lookup(s.root, 'folder'), 'new'),
	'rename to a long name': (s) => s.rename(s.root, 'file', s.root, `${LONG}new`),
	'rename from a long name': (s) => s.rename(s.root, LONG, s.root, 'new'),
	'rename over a file': (s) => s.rename(s.root, 'file', s.root, 'other'),
	'rename a folder': (s) => s.rename(s.root, 'folder', s.lookup(s.root, 'empty'), 'folder'),
	'rename a folder over an empty one': (s) => s.rename(s.root, 'folder', s.root, 'empty'),
	append: (s) => s.append(s.lookup(s.root, 'other'), bytes('n'.repeat(4000)), 0, 4000),
	'write behind the end': (s) => s.write(s.lookup(s.root, 'other'), bytes('n'.repeat(2000)), 0, 2000, 4100),
	'cut to nothing': (s) => s.truncate(s.lookup(s.root, 'file'), 0),
	cut: (s) => s.truncate(s.lookup(s.root, 'file'), 1100),
	lengthen: (s) => s.truncate(s.lookup(s.root, 'file'), 5000),
	'set permissions': (s) => s.setPermissions(s.lookup(s.root, 'file'), 0o600),
	'open and close': (s) => s.close(s.open(s.lookup(s.root, 'file'))),
};

describe('a thread that is killed at any point', () => {
	test.each(Object.entries(WHOLE))('%s: all or nothing', (_name, operation) => {
		const { host } = prepared();
		const before = snapshot(host);
		operation(host);
		const after = snapshot(host);
		let points = 0;
		for (let n = 1; ; n++) {
			const { buffer, host: survivor } = prepared();
			if (!killedAt(buffer, 1, n, operation)) break;
			points++;
			survivor.releaseThread(1, true);
			checkInvariants(buffer);
			expect([before, after]).toContainEqual(snapshot(survivor));
		}
		expect(points).toBeGreaterThan(4);
	});

	test('overwriting in place: old and new bytes, the size and all else as before', () => {
		const overwrite: Operation = (s) => s.write(s.lookup(s.root, 'file'), bytes('n'.repeat(2000)), 0, 2000, 500);
		const before = snapshot(prepared().host);
		for (let n = 1; ; n++) {
			const { buffer, host } = prepared();
			if (!killedAt(buffer, 1, n, overwrite)) break;
			host.releaseThread(1, true);
			checkInvariants(buffer);
			const { '/file': content, ...rest } = snapshot(host);
			expect({ ...rest, '/file': content?.replaceAll('n', 'f') }).toEqual(before);
		}
	});

	test('the last reader of a removed file', () => {
		for (let n = 1; ; n++) {
			const { buffer, host } = prepared();
			const free = host.space().free;
			const handled = new FileStore(buffer, 1, false);
			const handle = handled.open(handled.lookup(handled.root, 'file'));
			host.unlink(host.root, 'file');
			const killed = killedAt(buffer, 1, n, (s) => s.close(handle));
			host.releaseThread(1, true);
			checkInvariants(buffer);
			expect(host.space().free).toBe(free + 3 * 1024);
			if (!killed) break;
		}
	});

	test('one that repairs what another left', () => {
		const after = prepared().host;
		WHOLE['rename over a file']?.(after);
		const either = [snapshot(prepared().host), snapshot(after)];
		for (let first = 1; ; first += 3) {
			const { buffer } = prepared();
			if (!killedAt(buffer, 1, first, WHOLE['rename over a file'] as Operation)) break;
			const state = new Uint8Array(buffer).slice();
			for (let second = 1; ; second += 7) {
				new Uint8Array(buffer).set(state);
				const host = new FileStore(buffer, -1, false);
				// The lock is taken away, but the host cannot repair: another thread comes first.
				const words = new Int32Array(buffer);
				words[4] = words[1] === 0 ? 0 : 1;
				words[1] = 0;
				const killed = killedAt(buffer, 2, second, (s) => s.space());
				host.releaseThread(2, true);
				checkInvariants(buffer);
				expect(either).toContainEqual(snapshot(host));
				if (!killed) break;
			}
		}
	});
});
