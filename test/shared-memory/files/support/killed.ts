import { FileStore } from '../../../../src/shared-memory/files/file-store.ts';

/** Ends the simulated thread; whatever catches it can change nothing any more. */
class Killed extends Error {}

/**
 * Runs an action as a thread that is killed at its n-th access that changes the shared memory: the access does not
 * happen, and none after it, whatever `catch` and `finally` do. Returns false when the action ended before.
 */
export function killedAt(
	buffer: SharedArrayBuffer,
	owner: number,
	n: number,
	action: (store: FileStore) => void,
): boolean {
	const { Int32Array: RealArray, Atomics: realAtomics } = globalThis;
	const realSet = Uint8Array.prototype.set;
	const realFill = Uint8Array.prototype.fill;
	const targets = new WeakMap<object, Int32Array>();
	let left = Number.POSITIVE_INFINITY;
	const change = (): boolean => {
		if (left === 0) return false;
		left--;
		if (left === 0) throw new Killed();
		return true;
	};
	const watched = (words: Int32Array): Int32Array => {
		const proxy = new Proxy(words, {
			get: (target, key) => {
				const value = Reflect.get(target, key, target) as unknown;
				return typeof value === 'function' ? value.bind(target) : value;
			},
			set: (target, key, value) => {
				if (change()) Reflect.set(target, key, value, target);
				return true;
			},
		});
		targets.set(proxy, words);
		return proxy;
	};
	const changing = ['add', 'sub', 'store', 'compareExchange'] as const;
	globalThis.Int32Array = new Proxy(RealArray, {
		construct: (target, args) => watched(Reflect.construct(target, args)),
	});
	globalThis.Atomics = new Proxy(realAtomics, {
		get: (target, key) => {
			const real = Reflect.get(target, key) as (...args: unknown[]) => unknown;
			if (typeof real !== 'function') return real;
			return (words: object, ...args: unknown[]) => {
				if ((changing as readonly PropertyKey[]).includes(key) && !change()) return 0;
				return real.call(target, targets.get(words) ?? words, ...args);
			};
		},
	});
	Uint8Array.prototype.set = function (this: Uint8Array, ...args: Parameters<typeof realSet>) {
		if (this.buffer !== (buffer as unknown) || change()) realSet.apply(this, args);
	};
	Uint8Array.prototype.fill = function (this: Uint8Array, ...args: Parameters<typeof realFill>) {
		return this.buffer !== (buffer as unknown) || change() ? realFill.apply(this, args) : this;
	} as typeof realFill;
	try {
		const store = new FileStore(buffer, owner, false);
		left = n;
		action(store);
		return false;
	} catch (error) {
		if (error instanceof Killed || left === 0) return true;
		throw error;
	} finally {
		globalThis.Int32Array = RealArray;
		globalThis.Atomics = realAtomics;
		Uint8Array.prototype.set = realSet;
		Uint8Array.prototype.fill = realFill;
	}
}
