import type { FiberImports } from './abi/host-imports.ts';
import type { WasmMemory } from './abi/wasm-memory.ts';

/** Offsets in `ucontext_t` of Emscripten's libc: where the stack begins, and its size, bytes. */
const STACK_POINTER = 8;
const STACK_SIZE = 16;
/** The ABI wants stacks aligned to this. */
const ALIGNMENT = 16;

/** What the fibers need of the PHP instance. */
export type FiberExports = {
	__indirect_function_table: WebAssembly.Table;
	__stack_pointer: WebAssembly.Global<'i32'>;
};

/** The imports of php.wasm that its Fibers are made of; upstream's abort. */
export type ContextImports = FiberImports & {
	getcontext(context: number): number;
	makecontext(context: number, entry: number): void;
	swapcontext: unknown;
};

/** A stack that waits in swapcontext(), or (with an entry) one on which nothing has run yet. */
type Context = {
	/** Index of the function to begin with; undefined = it has begun. */
	entry: number | undefined;
	/** Where its C stack ends at the moment. */
	stackPointer: number;
	resume: (result: number) => void;
	/** Makes its swapcontext() throw. */
	fail: (reason: unknown) => void;
};

/** Thrown into a stack that is never resumed: it unwinds, and the engine gets its memory back. */
const ABANDONED = new Error('This fiber has been destroyed.');

const nothing = (): void => {};

/**
 * Switches between the stacks of PHP's Fibers. C sees POSIX contexts; underneath each fiber is a call of its own, which
 * the engine suspends. Contexts are known by the address of their `ucontext_t`. Runs on the PHP thread.
 *
 * PHP catches its own bailouts and exceptions at the bottom of a fiber, and passes them on by itself. What gets further
 * is a crash, or a longjmp() to another stack: it is thrown again where the fiber was resumed.
 */
export class Fibers {
	readonly #exports: () => FiberExports;
	readonly #memory: () => WasmMemory;
	/** Every stack but the running one. */
	readonly #contexts = new Map<number, Context>();
	/** Who resumed a stack, by the address of its context. */
	readonly #resumers = new Map<number, number>();

	/** Only called once there is a fiber. */
	constructor(exports: () => FiberExports, memory: () => WasmMemory) {
		this.#exports = exports;
		this.#memory = memory;
	}

	/** The functions for php.wasm to import. */
	imports(): ContextImports {
		return {
			getcontext: () => 0,
			makecontext: (context, entry) => {
				this.#destroy(context);
				this.#contexts.set(context, { entry, stackPointer: 0, resume: nothing, fail: nothing });
			},
			swapcontext: new WebAssembly.Suspending((from: number, to: number) => this.#switch(from, to)),
			igor_host_fiber_destroyed: (context) => this.#destroy(context),
		};
	}

	/** The memory of that context has been freed: whatever is left of its stack ends. */
	#destroy(address: number): void {
		const context = this.#contexts.get(address);
		if (context === undefined) return;
		this.#contexts.delete(address);
		this.#resumers.delete(address);
		context.fail(ABANDONED);
	}

	#switch(from: number, to: number): Promise<number> {
		const target = this.#contexts.get(to);
		if (target === undefined) throw new Error(`PHP switched to a fiber that does not exist (context ${to}).`);
		const global = this.#exports().__stack_pointer;
		const stackPointer = global.value;
		this.#contexts.delete(to);
		this.#resumers.set(to, from);
		const resumed = new Promise<number>((resume, fail) => {
			this.#contexts.set(from, { entry: undefined, stackPointer, resume, fail });
		});
		if (target.entry === undefined) {
			global.value = target.stackPointer;
			target.resume(0);
		} else {
			const entry = target.entry;
			// Not directly: fibers that start each other would pile up on one stack.
			Promise.resolve().then(() => this.#begin(to, entry));
		}
		return resumed;
	}

	#begin(address: number, entry: number): void {
		const { __indirect_function_table: table, __stack_pointer: global } = this.#exports();
		const { view } = this.#memory();
		const top = view.getUint32(address + STACK_POINTER, true) + view.getUint32(address + STACK_SIZE, true);
		global.value = top - (top % ALIGNMENT);
		const run = WebAssembly.promising(table.get(entry) as () => void);
		run().then(
			() => this.#ended(address, new Error('A fiber returned from its first function.')),
			(reason) => this.#ended(address, reason),
		);
	}

	/** The stack has unwound; PHP's fibers never do that by themselves. */
	#ended(address: number, reason: unknown): void {
		if (reason === ABANDONED) return;
		const resumer = this.#resumers.get(address);
		this.#resumers.delete(address);
		const context = resumer === undefined ? undefined : this.#contexts.get(resumer);
		if (context === undefined || resumer === undefined) return;
		this.#contexts.delete(resumer);
		this.#exports().__stack_pointer.value = context.stackPointer;
		context.fail(reason);
	}
}
