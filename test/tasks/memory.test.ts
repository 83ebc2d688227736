import { describe, expect, test } from 'vitest';
import { CHUNK_BYTES, createTaskBuffers } from '../../src/shared-memory/task-layout.ts';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { RECEIVER, SENDER, WAYS } from './memory-scripts.ts';

const COUNT = 3500;
/** So many that all shared memory would be taken, if the payloads alone were kept. */
const BYTES = 20_000;
const TAKES_PART = new Set(['worker', 'background']);

describe('after thousands of tasks', () => {
	test.each(WAYS)('neither side holds more than after a hundred: %s', async (way) => {
		expect(createTaskBuffers(1).chunks).toBeLessThan((COUNT * BYTES) / CHUNK_BYTES);
		await using scope = await Scope.start(
			{ 'receiver.php': RECEIVER, 'sender.php': SENDER },
			{ workers: [{ file: 'sender.php', num: 1 }], backgroundWorkers: [{ name: 'receiver', file: 'receiver.php' }] },
		);
		const send = async (count: string) => {
			const { mine, theirs } = JSON.parse(await scope.get(`/sender.php?way=${way}&count=${count}&bytes=${BYTES}`));
			const memory = scope.running.threads().flatMap(({ role, memory }) => (TAKES_PART.has(role) ? [memory] : []));
			return { mine, theirs, memory };
		};
		const before = await send('0100');
		// A number with as many digits: PHP keeps the query.
		expect(await send(`${COUNT}`)).toEqual(before);
		const { tasks } = scope.running.sidekicks.get('receiver') ?? {};
		expect(tasks?.depth).toBe(0);
		await eventually('the receiver has nothing', () => scope.running.sidekicks.get('receiver')?.tasks?.busy === 0);
	});
});
