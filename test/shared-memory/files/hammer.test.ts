import { expect, test } from 'vitest';
import { FileStore } from '../../../src/shared-memory/files/file-store.ts';
import { createFilesBuffer } from '../../../src/shared-memory/files/layout.ts';
import { eachFile, findTarget, removeTree } from '../../../src/shared-memory/files/path-lookup.ts';
import { eventually } from '../../support/eventually.ts';
import { runThread } from '../../support/node/run-thread.ts';
import type { TestThread } from '../../support/test-thread.ts';
import { checkInvariants, openHandles } from './support/invariants.ts';

const THREADS = 3;
const ROUNDS = 12;

type Hammer = { owner: number; thread: TestThread<'running'> };

test('threads change the files as fast as they can and are killed at random moments', async () => {
	const buffer = createFilesBuffer(4 * 1024 * 1024);
	const host = new FileStore(buffer, -1, false);
	const { free } = host.space();
	let started = 0;
	const start = async (): Promise<Hammer> => {
		const owner = ++started;
		const thread = runThread<'running'>(new URL('./support/hammer-thread.ts', import.meta.url), { buffer, owner });
		await thread.report;
		return { owner, thread };
	};
	const end = async ({ owner, thread }: Hammer): Promise<void> => {
		await thread.stop();
		host.releaseThread(owner, true);
	};
	const running = await Promise.all(Array.from({ length: THREADS }, start));
	for (let round = 0; round < ROUNDS; round++) {
		const [victim] = running.splice(round % THREADS, 1);
		await end(victim as (typeof running)[0]);
		running.push(await start());
	}
	const { changes } = host;
	expect(changes).toBeGreaterThan(ROUNDS * 100);
	await Promise.all(running.map(end));
	// What a dead thread had open is given back when nobody else is in the middle of something.
	await eventually('all handles to be closed', () => openHandles(buffer) === 0);
	checkInvariants(buffer);

	const root = findTarget(host, '/', true, false);
	if (root === undefined) throw new Error('There is no root.');
	eachFile(host, root, (path, { id }) => {
		const content = host.readAll(id);
		expect([path, new Set(content).size]).toEqual([path, Math.min(1, content.length)]);
	});
	for (const name of host.names(host.root)) removeTree(host, `/${name}`);
	checkInvariants(buffer);
	expect(host.space().free).toBe(free);
}, 60_000);
