import { expect, test } from 'vitest';
import type { ThreadBuffers } from '../../src/php-thread/thread-messages.ts';
import { createBoardBuffers } from '../../src/shared-memory/sidekick-board.ts';
import { PhpThreadHandle } from '../../src/threads/php-thread-handle.ts';
import type { ThreadListener } from '../../src/threads/thread-port.ts';

const nothing = (): void => {};
const buffer = new SharedArrayBuffer(8);
const shared = { slots: buffer, board: createBoardBuffers(1, 0), fileLocks: buffer, outdatedCode: buffer };

/** A thread that only ends, when it is told. */
function start() {
	const given: { buffers: ThreadBuffers; listener: ThreadListener }[] = [];
	const handle = new PhpThreadHandle(
		{
			start: (buffers, _env, listener) => {
				given.push({ buffers, listener });
				return { id: 1, processId: 1, assume: async () => {}, terminate: async () => {} };
			},
		},
		shared,
		{},
		{ doorbell: nothing, event: nothing, lost: nothing },
	);
	const [{ buffers, listener }] = given as [(typeof given)[number]];
	return {
		handle,
		pipes: [buffers.responsePipe, buffers.bodyPipe],
		end: (isGone: boolean) => listener.ended('over', isGone),
	};
}

test('the next thread gets the pipes of one that is gone, and finds them empty', () => {
	const first = start();
	const { bodyPipe } = first.handle;
	bodyPipe.commit(bodyPipe.reserve(100));
	first.end(true);
	const second = start();
	expect(new Set(second.pipes)).toEqual(new Set(first.pipes));
	expect(second.handle.bodyPipe.peek()).toBe(-1);
	second.end(true);
});

test('no thread gets the pipes of one that lives, or may go on for a moment', () => {
	const [living, fading] = [start(), start()];
	fading.end(false);
	const others = [start(), start(), start()];
	const pipes = [living, fading, ...others].flatMap((thread) => thread.pipes);
	expect(new Set(pipes).size).toBe(pipes.length);
});
