import { expect, test } from 'vitest';
import type { NetworkPort } from '../../../src/php-thread/sockets/network-port.ts';
import { Waiting } from '../../../src/php-thread/sockets/waiting.ts';
import type { ThreadCell } from '../../../src/shared-memory/thread-cell.ts';

/** A cell whose stop flag is raised when it has been looked at so many times. */
function stopsAfter(looks: number) {
	let looked = 0;
	return {
		blocked: false,
		get mustStop() {
			return looked++ >= looks;
		},
		stopRaised: () => (looked++ >= looks ? undefined : new Promise(() => {})),
	} as unknown as ThreadCell;
}

const port = { turn: (done: () => void) => setImmediate(done) } as unknown as NetworkPort;

test.each([0, 1, 2])('a stop flag that is raised after %i looks ends an endless wait', async (looks) => {
	const cell = stopsAfter(looks);
	const ended = await new Waiting(cell, port).until(() => false, Number.POSITIVE_INFINITY);
	expect([ended, cell.blocked]).toEqual([false, false]);
}, 5000);
