import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Room for young objects, bytes. V8 doubles it whenever enough of them have outlived a collection, up to 128 MB on a large
 * machine: under load a server would take 70 MB more, minutes after its start, for collections that are no shorter.
 */
const MOST = 32 * 1024 * 1024;
/** Between two looks at it, milliseconds; the last doublings are tens of seconds apart. */
const EVERY = 1000;

/**
 * Keeps the room for young objects of this thread from growing beyond 32 MB. V8 gives it back while a program is idle, and
 * it may grow again afterwards. The flag is the whole process's: for a program, not for a library. Main thread; does not
 * keep the process alive.
 *
 * @param every between two looks, milliseconds
 */
export function boundYoungObjects(every = EVERY): void {
	let isBound = false;
	setInterval(() => {
		const room = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
		if (room >= MOST === isBound) return;
		isBound = !isBound;
		setFlagsFromString(`--semi-space-growth-factor=${isBound ? 1 : 2}`);
	}, every).unref();
}
