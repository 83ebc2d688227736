import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** A comparison to do; the answer is `Compared` with the same id. */
export interface Comparison {
	readonly id: number;
	readonly password: string;
	readonly hash: string;
}

export interface Compared {
	readonly id: number;
	readonly same: boolean;
}

// The whole of a thread of its own: a comparison takes a second of one core.
parentPort?.on('message', ({ id, password, hash }: Comparison) => {
	let same = false;
	try {
		same = compareSync(password, hash);
	} catch {
		// It is no hash, which is as good as a wrong password.
	}
	parentPort?.postMessage({ id, same } satisfies Compared);
});
