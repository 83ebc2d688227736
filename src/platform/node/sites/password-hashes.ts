import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Compared, Comparison } from './bcrypt-thread.ts';

/** Compares passwords with their hashes; neither the event loop nor the caller is blocked. Main thread only. */
export interface PasswordHashes {
	/** Something that no password has, as costly to compare as the real ones. */
	readonly fake: string;
	/** Resolves with `undefined` when there is too much to do: somebody is trying out passwords. */
	matches(password: string, hash: string): Promise<boolean | undefined>;
}

/** Comparisons that may wait: at Caddy's cost each takes more than a second. */
const MAX_WAITING = 32;

/** Beside this file: a script in the build, and in the sources what it is built from. */
const THREAD_FILE = new URL(`./bcrypt-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'cjs'}`, import.meta.url);

/**
 * Compares in JavaScript. Native code takes three quarters of the time, but the process could not end before a comparison
 * does, and would have none on a processor that nobody has compiled it for.
 */
class BcryptThread {
	#worker: Worker | undefined;
	#nextId = 0;
	readonly #waiting = new Map<number, (same: boolean) => void>();

	matches(password: string, hash: string): Promise<boolean | undefined> {
		if (this.#waiting.size >= MAX_WAITING) return Promise.resolve(undefined);
		const id = this.#nextId++;
		this.#worker ??= this.#start();
		this.#worker.ref();
		this.#worker.postMessage({ id, password, hash } satisfies Comparison);
		return new Promise((resolve) => this.#waiting.set(id, resolve));
	}

	#start(): Worker {
		const worker = new Worker(THREAD_FILE);
		worker.on('message', ({ id, same }: Compared) => {
			this.#waiting.get(id)?.(same);
			this.#waiting.delete(id);
			// It lives on, but nobody has to wait for its end.
			if (this.#waiting.size === 0) worker.unref();
		});
		worker.on('error', () => this.#lost());
		worker.on('exit', () => this.#lost());
		return worker;
	}

	/** The next comparison starts another one. */
	#lost(): void {
		this.#worker = undefined;
		for (const resolve of this.#waiting.values()) resolve(false);
		this.#waiting.clear();
	}
}

const bcryptThread = new BcryptThread();

/** @param hashes the real ones; the first decides the cost of the fake */
export function bcryptHashes([first]: readonly string[]): PasswordHashes {
	const cost = /^\$2[aby]\$(\d\d)\$/.exec(first ?? '')?.[1] ?? '14';
	return {
		fake: `$2a$${cost}$X3ulqf/iGxnf1k6oMZ.RZeJUoqI9PX2PM4rS5lkIKJXduLGXGPrt6`,
		matches: (password, hash) => bcryptThread.matches(password, hash),
	};
}

/** `undefined` = this Node has no argon2. */
export function argon2Hashes(): PasswordHashes | undefined {
	if (typeof argon2 !== 'function') return undefined;
	let waiting = 0;
	return {
		fake: '$argon2id$v=19$m=47104,t=1,p=1$P2nzckEdTZ3bxCiBCkRTyA$xQL3Z32eo5jKl7u5tcIsnEKObYiyNZQQf5/4sAau6Pg',
		async matches(password, hash) {
			if (waiting >= MAX_WAITING) return undefined;
			const wanted = readArgon2(hash);
			if (wanted === undefined) return false;
			waiting++;
			try {
				const tag = await deriveArgon2({ ...wanted.parameters, message: Buffer.from(password, 'utf8') });
				return timingSafeEqual(tag, wanted.tag);
			} catch {
				return false;
			} finally {
				waiting--;
			}
		},
	};
}

/** Whether a hash can be compared at all. */
export function isHash(algorithm: 'bcrypt' | 'argon2id', hash: string): boolean {
	if (algorithm === 'argon2id') return readArgon2(hash) !== undefined;
	return /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(hash);
}

/** The usual text form: `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH`. */
function readArgon2(hash: string): { parameters: Omit<Argon2Parameters, 'message'>; tag: Buffer } | undefined {
	const found =
		/^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,})\$([A-Za-z0-9+/]{6,})$/.exec(hash);
	if (found === null) return undefined;
	const [memory, passes, parallelism] = found.slice(1, 4).map(Number) as [number, number, number];
	const tag = Buffer.from(found[5] as string, 'base64');
	const nonce = Buffer.from(found[4] as string, 'base64');
	return { parameters: { memory, passes, parallelism, nonce, tagLength: tag.length }, tag };
}

function deriveArgon2(parameters: Argon2Parameters): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
	});
}
