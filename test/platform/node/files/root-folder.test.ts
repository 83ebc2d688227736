import {
	closeSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeHostFiles } from '../../../../src/platform/node/files/node-host-files.ts';
import { openServed, realRoot } from '../../../../src/platform/node/files/served-files.ts';
import { addTerritory } from '../../../../src/platform/node/files/territory.ts';
import { CANARY, Grounds } from '../../../attacks/support/canary.ts';

const memory = { readlink: () => undefined, exists: () => false };
let grounds: Grounds;

beforeEach(() => {
	grounds = new Grounds();
});
afterEach(() => grounds.remove());

function read(files: NodeHostFiles, path: string): string {
	const { fd } = files.open(path, 0, 0);
	try {
		return readFileSync(fd, 'utf8');
	} finally {
		closeSync(fd);
	}
}

function served(root: string, path: string): string {
	const { fd } = openServed(root, path);
	try {
		return readFileSync(fd, 'utf8');
	} finally {
		closeSync(fd);
	}
}

describe("a visible folder that the operator's own link leads to", () => {
	const see = () => {
		const host = join(grounds.base, 'current');
		const files = new NodeHostFiles({
			mounts: [{ host, visible: host }],
			memory,
			territory: [grounds.inside],
			serverUmask: 0o022,
		});
		return { host, files };
	};

	test('is the new one as soon as the link is switched', () => {
		const { host, files } = see();
		for (const release of ['42', '43']) {
			mkdirSync(join(grounds.base, 'releases', release), { recursive: true });
			writeFileSync(join(grounds.base, 'releases', release, 'x'), release);
		}
		symlinkSync('releases/42', host);
		expect(read(files, `${host}/x`)).toBe('42');
		symlinkSync('releases/43', `${host}-new`);
		renameSync(`${host}-new`, host);
		expect(read(files, `${host}/x`)).toBe('43');
		rmSync(host);
		expect(() => read(files, `${host}/x`)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
		files.closeAll();
	});

	test('is nothing once PHP, which can write there, has put a link to the outside in its way', () => {
		const { host, files } = see();
		symlinkSync('inside/a/sub', host);
		expect(read(files, `${host}/x`)).toBe('inside');
		// PHP can do that: inside is its own.
		rmSync(join(grounds.inside, 'a/sub'), { recursive: true });
		symlinkSync('../../outside', join(grounds.inside, 'a/sub'));
		expect(() => read(files, `${host}/x`)).toThrow(expect.objectContaining({ code: 'EACCES' }));
		// A thread that starts now has seen nothing before.
		expect(() => read(see().files, `${host}/x`)).toThrow(expect.objectContaining({ code: 'EACCES' }));
		rmSync(join(grounds.inside, 'a/sub'));
		symlinkSync('../b', join(grounds.inside, 'a/sub'));
		writeFileSync(join(grounds.inside, 'b/x'), 'still inside');
		expect(read(files, `${host}/x`)).toBe('still inside');
		files.closeAll();
	});
});

describe('a root of static files', () => {
	test('is nothing once PHP has made it a link to the outside', () => {
		const root = join(grounds.inside, 'a');
		const remove = addTerritory([grounds.inside]);
		expect(realRoot(root)).toBe(root);
		expect(served(root, '/x')).toBe('inside');
		renameSync(root, join(grounds.inside, 'aside'));
		symlinkSync(grounds.outside, root);
		expect(realRoot(root)).toBeUndefined();
		expect(() => served(root, '/x')).toThrow(expect.objectContaining({ code: 'EACCES' }));
		remove();
		// Where PHP cannot write, links are the operator's.
		expect(realRoot(root)).toBe(grounds.outside);
		expect(served(grounds.outside, '/canary.txt')).toBe(CANARY);
	});
});

test('a visible folder inside of another one that is shown elsewhere is listed there, and is itself', () => {
	const alias = join(grounds.inside, 'b');
	const files = new NodeHostFiles({
		mounts: [
			{ host: alias, visible: '/shown' },
			{ host: join(grounds.inside, 'a'), visible: '/shown/deep/a' },
		],
		memory,
		territory: [grounds.inside],
		serverUmask: 0o022,
	});
	expect(read(files, '/shown/deep/a/x')).toBe('inside');
	expect(files.stat('/shown/deep/a/../a/sub/../../', true)?.ino).toBe(files.stat('/shown/deep', true)?.ino);
	expect(readdirSync(join(alias, 'deep'))).toEqual(['a']);
	expect(() => files.rmdir('/shown/deep/a')).toThrow(expect.objectContaining({ code: 'EBUSY' }));
	files.closeAll();
});

test('a folder to be read only is', () => {
	const files = new NodeHostFiles({
		mounts: [{ host: grounds.inside, visible: '/data', readOnly: true }],
		memory,
		territory: [],
		serverUmask: 0o022,
	});
	expect(read(files, '/data/f')).toBe('inside');
	const refused = expect.objectContaining({ code: 'EROFS' });
	for (const change of [
		() => files.open('/data/f', 1, 0),
		() => files.open('/data/new', 0o101, 0o666),
		() => files.unlink('/data/f'),
		() => files.rename('/data/f', '/data/g'),
		() => files.chmod('/data/f', 0o600),
		() => files.utimes('/data/f', 1, 1, true),
		() => files.mkdir('/data/new', 0o777),
		() => files.symlink('x', '/data/new'),
		() => files.access('/data/f', 2),
	]) {
		expect(change).toThrow(refused);
	}
	files.closeAll();
});
