import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeDisk } from '../../src/platform/node/sites/system-facts.ts';
import { Grounds } from './support/canary.ts';

/* `file` and `try_files` tell by their answer what is there. */

const grounds = new Grounds();
const { inside, outside } = grounds;
const at = (name: string): string => join(inside, name);

beforeAll(() => {
	symlinkSync(outside, at('folder'));
	symlinkSync(join(outside, 'canary.txt'), at('file'));
	symlinkSync('a/x', at('link'));
	symlinkSync('a', at('b/../other'));
});
afterAll(() => grounds.remove());

test.each([
	'file',
	'folder',
	'folder/',
	'folder/canary.txt',
	'folder/sub',
	'missing',
	'../outside',
	'../outside/x',
])('nothing is at %s', (name) => {
	expect(nodeDisk.look(at(name), inside)).toBeUndefined();
});

test('nothing outside is listed', () => {
	expect(nodeDisk.list(at('folder'), inside)).toEqual([]);
	expect(nodeDisk.list(outside, inside)).toEqual([]);
});

test('what lies below the root is there, also by links that stay below it', () => {
	expect(nodeDisk.list(inside, inside)).toEqual(['a', 'b', 'f', 'file', 'folder', 'link', 'other']);
	expect(nodeDisk.list(at('other'), inside)).toEqual(['sub', 'x']);
	expect(nodeDisk.look(at('link'), inside)).toMatchObject({ isDirectory: false, size: 6 });
	expect(nodeDisk.look(at('other/'), inside)).toMatchObject({ isDirectory: true });
	expect(nodeDisk.look(inside, inside)).toMatchObject({ isDirectory: true });
	expect(nodeDisk.look(at('f/'), inside)).toBeUndefined();
});
