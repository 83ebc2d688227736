import { renameSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { NodeHostFiles } from '../../src/platform/node/files/node-host-files.ts';
import { Grounds } from './support/canary.ts';

/* A socket is bound under a name of its own first. Other threads of PHP see that name, too. */

const grounds = new Grounds();
const { inside, outside } = grounds;
const memory = { readlink: () => undefined, exists: () => false };

beforeEach(() => grounds.reset());
afterAll(() => grounds.remove());

function filesOf(readOnly: boolean): NodeHostFiles {
	const mounts = [{ host: inside, visible: inside, readOnly }];
	const files = new NodeHostFiles({ mounts, memory, territory: [], serverUmask: 0o022 });
	files.umask = 0;
	return files;
}

test('a link in place of a socket that has just been bound does not lead its permissions out', async () => {
	const files = filesOf(false);
	const place = files.socketToBind(join(inside, 's.sock'));
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(place.path, resolve));
	symlinkSync(join(outside, 'canary.txt'), join(inside, 'evil'));
	renameSync(join(inside, 'evil'), place.path);
	place.publish?.();
	place.release();
	await new Promise((resolve) => server.close(resolve));
	grounds.expectUntouched();
	files.closeAll();
});

test('a folder that is read-only gets no socket', () => {
	const files = filesOf(true);
	expect(() => files.socketToBind(join(inside, 's.sock'))).toThrow(expect.objectContaining({ code: 'EROFS' }));
	files.closeAll();
});
