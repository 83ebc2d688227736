import * as real from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NotOnHost } from '../../src/php-thread/files/host-files.ts';
import { NodeHostFiles } from '../../src/platform/node/files/node-host-files.ts';
import { listServed, openServed, statServed } from '../../src/platform/node/files/served-files.ts';
import { CANARY, Grounds } from './support/canary.ts';

/*
 * Races by construction: each call of the border into the host's file system is a moment at which another thread may come
 * in between. Every operation is run once to count its calls, then once for each of them, with the attack right before it.
 */

const calls = vi.hoisted(() => ({ before: undefined as (() => void) | undefined }));

vi.mock('node:fs', async (original) => {
	type Call = (...args: unknown[]) => unknown;
	const interposed = (call: Call): Call =>
		Object.assign(
			(...args: unknown[]) => {
				const attack = calls.before;
				// What the attack does itself is not attacked.
				calls.before = undefined;
				attack?.();
				calls.before = attack;
				return call(...args);
			},
			'native' in call && { native: interposed(call.native as Call) },
		);
	const fs = await original<Record<string, unknown>>();
	return Object.fromEntries(
		Object.entries(fs).map(([name, value]) => [
			name,
			typeof value === 'function' && name.endsWith('Sync') && name !== 'closeSync' ? interposed(value as Call) : value,
		]),
	);
});

const O_WRONLY = 1;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const grounds = new Grounds();
const { inside, outside } = grounds;
const memory = { readlink: () => undefined, exists: () => false };

type Operation = (files: NodeHostFiles, path: (name: string) => string) => unknown;

/** Reads what was opened, as PHP would. */
function content(files: NodeHostFiles, path: string, flags = 0): string {
	const { fd } = files.open(path, flags, 0o666);
	try {
		if (flags === 0) return real.readFileSync(fd, 'utf8');
		real.writeSync(fd, 'written by PHP');
		return '';
	} finally {
		real.closeSync(fd);
	}
}

/** On the names `x` (a file, also outside) and `new` in a folder; `path` says where it is. */
const OPERATIONS: Record<string, Operation> = {
	read: (files, path) => content(files, path('x')),
	'read the canary': (files, path) => content(files, path('canary.txt')),
	write: (files, path) => content(files, path('x'), O_WRONLY),
	truncate: (files, path) => content(files, path('x'), O_WRONLY | O_TRUNC),
	create: (files, path) => content(files, path('new'), O_WRONLY | O_CREAT),
	'create, or overwrite': (files, path) => content(files, path('x'), O_WRONLY | O_CREAT | O_TRUNC),
	'be the first': (files, path) => content(files, path('new'), O_WRONLY | O_CREAT | O_EXCL),
	stat: (files, path) => files.stat(path('canary.txt'), true),
	lstat: (files, path) => files.stat(path('canary.txt'), false),
	access: (files, path) => {
		files.access(path('canary.txt'), 4);
		return CANARY;
	},
	list: (files, path) => {
		const folder = files.open(path('.'), 0o200000, 0);
		try {
			return files.list(folder);
		} finally {
			real.closeSync(folder.fd);
		}
	},
	chdir: (files, path) => files.folder(path('sub')),
	readlink: (files, path) => files.readlink(path('x')),
	mkdir: (files, path) => files.mkdir(path('new'), 0o777),
	rmdir: (files, path) => files.rmdir(path('sub')),
	unlink: (files, path) => files.unlink(path('x')),
	'rename away': (files, path) => files.rename(path('x'), `${inside}/b/got`),
	'rename to': (files, path) => files.rename(`${inside}/f`, path('x')),
	'rename within': (files, path) => files.rename(path('x'), path('new')),
	'link away': (files, path) => files.link(path('x'), `${inside}/b/got`),
	'link to': (files, path) => files.link(`${inside}/f`, path('new')),
	symlink: (files, path) => files.symlink('x', path('new')),
	chmod: (files, path) => files.chmod(path('x'), 0o600),
	chown: (files, path) => files.chown(path('x'), -1, -1, true),
	utimes: (files, path) => files.utimes(path('x'), 5, 5, true),
	'utimes of a link': (files, path) => files.utimes(path('x'), 5, 5, false),
	'connect to a socket': (files, path) => {
		const place = files.socketToConnect(path('x'));
		try {
			return real.readFileSync(place.path, 'utf8');
		} finally {
			place.release();
		}
	},
	'bind a socket': (files, path) => {
		const place = files.socketToBind(path('new'));
		try {
			real.writeFileSync(place.path, '');
			place.publish?.();
		} finally {
			place.release();
		}
	},
};

/** What somebody else does in between, and undoes never. Folder and file are where the operation works. */
const ATTACKS: Record<string, () => void> = {
	'the folder is swapped for a link to the outside': () => {
		real.renameSync(join(inside, 'a'), join(inside, 'aside'));
		real.symlinkSync(outside, join(inside, 'a'));
	},
	'the inner folder is swapped for a relative link': () => {
		real.renameSync(join(inside, 'a/sub'), join(inside, 'aside'));
		real.symlinkSync('../../outside', join(inside, 'a/sub'));
	},
	'a link is renamed over the file': () => {
		for (const folder of ['a', 'a/sub']) {
			real.symlinkSync(join(outside, 'canary.txt'), join(inside, 'ready'));
			real.renameSync(join(inside, 'ready'), join(inside, folder, 'x'));
		}
	},
	'links appear where nothing was': () => {
		for (const folder of ['a', 'a/sub']) {
			for (const name of ['new', 'canary.txt']) real.symlinkSync(join(outside, name), join(inside, folder, name));
		}
	},
	'the folder is moved up, and one of the outside takes its place': () => {
		real.renameSync(join(inside, 'a/sub'), join(inside, 'b/sub'));
		real.renameSync(join(inside, 'a'), join(inside, 'aside'));
		real.symlinkSync('../outside', join(inside, 'a'));
	},
	'the visible folder itself is swapped for a link': () => {
		real.renameSync(inside, join(grounds.base, 'gone'));
		real.mkdirSync(inside);
		for (const name of ['a', 'b']) real.symlinkSync(outside, join(inside, name));
	},
};

/** How the folder is named. */
const WAYS: Record<string, (name: string) => string> = {
	'a/sub/': (name) => `${inside}/a/sub/${name}`,
	'by a detour': (name) => `${inside}/b/..//a/./sub/${name}`,
	'by a link inside': (name) => `${inside}/link/${name}`,
};

function prepare(): void {
	grounds.reset();
	real.rmSync(join(grounds.base, 'gone'), { recursive: true, force: true });
	real.symlinkSync('a/sub', join(inside, 'link'));
}

/** Runs an operation with an attack before its n-th call; returns what came of it, and whether the attack came to pass. */
function attacked(operation: () => unknown, attack: () => void, n: number): { said: unknown; happened: boolean } {
	let count = 0;
	let happened = false;
	calls.before = () => {
		if (count++ !== n) return;
		happened = true;
		attack();
	};
	try {
		return { said: operation(), happened };
	} catch (error) {
		if (!(error instanceof NotOnHost) && typeof (error as { code?: unknown }).code !== 'string') throw error;
		return { said: undefined, happened };
	} finally {
		calls.before = undefined;
	}
}

/** Neither the bytes of the outside, nor its names, nor what stat(2) tells of it. */
function expectNothingOfOutside(said: unknown): void {
	grounds.expectNothingOf(said);
	expect(grounds.isOutside((said ?? {}) as { ino?: number })).toBe(false);
}

beforeEach(prepare);
afterEach(() => grounds.expectUntouched());
afterAll(() => grounds.remove());

describe.each(Object.entries(ATTACKS))('%s', (_attack, attack) => {
	test.each(Object.entries(OPERATIONS))('while PHP does: %s', (_name, operation) => {
		let moments = 0;
		for (const [way, path] of Object.entries(WAYS)) {
			// Folders that are open already are another way through.
			for (const warm of way === 'a/sub/' ? [true] : [false]) {
				for (let n = 0; ; n++) {
					prepare();
					const files = new NodeHostFiles({
						mounts: [{ host: inside, visible: inside }],
						memory,
						territory: [inside],
						serverUmask: 0o022,
					});
					files.umask = 0o002;
					if (warm) files.stat(path('x'), true);
					const { said, happened } = attacked(() => operation(files, path), attack, n);
					files.closeAll();
					if (!happened) break;
					moments++;
					expectNothingOfOutside(said);
				}
			}
		}
		expect(moments).toBeGreaterThan(4);
	});
});

describe.each(Object.entries(ATTACKS))('%s', (_attack, attack) => {
	const served: Record<string, (path: string) => unknown> = {
		'a static file': (path) => {
			const { fd } = openServed(inside, `${path}/x`);
			try {
				return real.readFileSync(fd, 'utf8');
			} finally {
				real.closeSync(fd);
			}
		},
		'a listing': (path) => listServed(inside, path),
		'an entry of a listing': (path) => statServed(inside, `${path}/canary.txt`),
	};
	test.each(Object.entries(served))('while the server sends: %s', (_name, send) => {
		for (const path of ['/a', '/a/sub']) {
			for (let n = 0; ; n++) {
				prepare();
				const { said, happened } = attacked(() => send(path), attack, n);
				if (!happened) break;
				expectNothingOfOutside(said);
			}
		}
	});
});

describe('on hosts whose folders are paths (macOS, Windows), what is read', () => {
	const READING = ['read', 'read the canary', 'stat', 'lstat', 'list', 'readlink'];
	describe.each(Object.entries(ATTACKS))('%s', (_attack, attack) => {
		test.each(READING)('%s', (name) => {
			for (const path of Object.values(WAYS)) {
				for (let n = 0; ; n++) {
					prepare();
					const files = new NodeHostFiles(
						{ mounts: [{ host: inside, visible: inside }], memory, territory: [inside], serverUmask: 0o022 },
						false,
					);
					const { said, happened } = attacked(() => OPERATIONS[name]?.(files, path), attack, n);
					if (!happened) break;
					expectNothingOfOutside(said);
				}
			}
		});
	});
});
