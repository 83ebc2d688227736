import { mkdtempSync, rmSync } from 'node:fs';
import type { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HiddenPaths } from '../../../../src/platform/node/files/hidden-paths.ts';

const never = (): Promise<never> => new Promise(() => {});

test('the end does not wait for a folder that never answers', async () => {
	const said: string[] = [];
	const hidden = new HiddenPaths((message) => said.push(message), String, never as unknown as typeof stat);
	hidden.asked('/far/away');
	await hidden.settled();
	expect(said).toEqual([]);
});

test('of what a script asks for at once, a thousand paths are looked at', async () => {
	const looked: string[] = [];
	const folder = mkdtempSync(join(tmpdir(), 'igor-hidden-'));
	const fails = async (path: string): Promise<never> => {
		looked.push(path);
		throw new Error('ENOENT');
	};
	const hidden = new HiddenPaths(() => {}, String, fails as unknown as typeof stat);
	for (let i = 0; i < 5000; i++) hidden.asked(`${folder}/${i}`);
	await hidden.settled();
	expect(looked).toHaveLength(1000);
	hidden.asked(`${folder}/later`);
	await hidden.settled();
	expect(looked.at(-1)).toBe(`${folder}/later`);
	rmSync(folder, { recursive: true });
});
