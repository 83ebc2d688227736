import { FramePipe } from '../../../src/shared-memory/frame-pipe.ts';

type Task = { buffer: SharedArrayBuffer; position: number; milliseconds: number };

/** Waits for room behind `position`, then for a frame. Reports how long it took, milliseconds. */
export default function ({ buffer, position, milliseconds }: Task): number {
	const pipe = new FramePipe(buffer);
	const started = performance.now();
	pipe.waitForRoom(position, milliseconds);
	pipe.waitForFrame(milliseconds);
	return performance.now() - started;
}
