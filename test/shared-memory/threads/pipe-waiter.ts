import { FramePipe } from '../../../src/shared-memory/frame-pipe.ts';
import { sleepUntilWoken } from './until-woken.ts';

/** Any. */
const NAP = 1000;

type Task = { buffer: SharedArrayBuffer; position: number };

/** Waits for room behind `position`, then for a frame. Reports that both waits have ended. */
export default function ({ buffer, position }: Task): boolean {
	sleepUntilWoken();
	const pipe = new FramePipe(buffer);
	pipe.waitForRoom(position, NAP);
	pipe.waitForFrame(NAP);
	return true;
}
