import { numberBytes } from '../wasm-format.ts';
import type { CodeWriter } from './code-writer.ts';
import type { Handler } from './handler.ts';
import { F32, F64, I32, I64 } from './opcodes.ts';

const TYPES = [I32, I64, F32, F64];

/** Which local of execute_ex() stands for which of a handler's, and the one that holds a copy of the frame. */
export type LocalsOf = { locals: number[]; frameCopy: number | undefined };

/**
 * Locals that all handlers share: as many of each type as the one that needs most of them. A stack frame has room for each
 * local, and deep recursion needs many frames.
 */
export class LocalPools {
	readonly #sizes = new Map<number, number>();
	readonly #first: number;

	/**
	 * @param first number of the first local that is free
	 * @throws RangeError when a handler has locals of another type
	 */
	constructor(handlers: readonly Handler[], first: number) {
		this.#first = first;
		for (const handler of handlers) {
			for (const [type, count] of countTypes(handler)) {
				if (!TYPES.includes(type)) throw new RangeError('A handler has a local of an unknown type.');
				this.#sizes.set(type, Math.max(this.#sizes.get(type) ?? 0, count));
			}
		}
	}

	/** Writes the declarations, after those of `fixed` i32. */
	declare(out: CodeWriter, fixed: number): void {
		const pools = TYPES.map((type) => ({ type, size: this.#sizes.get(type) ?? 0 })).filter(({ size }) => size > 0);
		out.raw(...numberBytes(pools.length + 1));
		for (const { type, size } of [{ type: I32, size: fixed }, ...pools]) out.raw(...numberBytes(size), type);
	}

	assign(handler: Handler): LocalsOf {
		const free = new Map<number, number>();
		let at = this.#first;
		for (const type of TYPES) {
			free.set(type, at);
			at += this.#sizes.get(type) ?? 0;
		}
		const take = (type: number): number => {
			const local = free.get(type) ?? 0;
			free.set(type, local + 1);
			return local;
		};
		const frameCopy = handler.reassignsFrame ? take(I32) : undefined;
		return { frameCopy, locals: handler.locals.map(take) };
	}
}

function countTypes({ locals, reassignsFrame }: Handler): Map<number, number> {
	const counts = new Map<number, number>();
	for (const type of reassignsFrame ? [...locals, I32] : locals) counts.set(type, (counts.get(type) ?? 0) + 1);
	return counts;
}
