import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const IGOR = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));
/** The module by its address, and the function by its number. */
const COMPILED = /^Compiled function (\w+)#(\d+) using Liftoff/gm;
/** Milliseconds. */
const LIMIT = 50_000;

/** Igor, whose engine tells of each function that it compiles. */
export interface TellingIgor {
	/** What it has written so far: the engine's lines, and its own. */
	told(): string;
	/** Numbers of php.wasm's functions that were compiled: of the module that has most of them. */
	functions(): number[];
	stop(): void;
	readonly isOver: boolean;
	/** Its exit status, and the signal that has ended it. */
	readonly end: Promise<unknown[]>;
}

/**
 * Runs Igor, for 50 seconds at most.
 *
 * @param file where its output goes: into a pipe, the engine drops what is not taken at once
 * @param flags of the engine
 */
export function startTelling(file: string, args: readonly string[], ...flags: readonly string[]): TellingIgor {
	const into = openSync(file, 'w');
	const all = [...flags, '--trace-wasm-compilation-times', IGOR, ...args];
	const child = spawn(process.execPath, all, { stdio: ['ignore', into, 'inherit'], timeout: LIMIT });
	closeSync(into);
	const told = () => readFileSync(file, 'utf8');
	return {
		told,
		functions: () => {
			const modules = Map.groupBy(told().matchAll(COMPILED), ([, module]) => module);
			const [php = []] = [...modules.values()].toSorted((a, b) => b.length - a.length);
			return php.map(([, , index]) => Number(index));
		},
		stop: () => child.kill(),
		get isOver() {
			return child.exitCode !== null || child.signalCode !== null;
		},
		end: once(child, 'close'),
	};
}
