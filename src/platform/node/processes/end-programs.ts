import { readFileSync } from 'node:fs';
import { ChildTable } from './child-table.ts';

/** Between SIGTERM and SIGKILL, milliseconds. */
const GRACE = 1000;
/** How often a program that was told to end is checked, milliseconds, and how many times. */
const LOOK = 50;
const LOOKS = 100;
const WNOHANG = 1;

const tables = new Set<ChildTable>();
let hooked = false;

/**
 * The programs of one PHP thread, for the thread that ends it: none outlives the server, however that ends, short of
 * SIGKILL. Main thread.
 */
export class ProgramsOfThread {
	/** For the PHP thread. */
	readonly buffer = ChildTable.createBuffer();
	readonly #table = new ChildTable(this.buffer);

	/** @param alone nothing else in this process handles signals: the command line */
	constructor(alone: boolean) {
		tables.add(this.#table);
		if (hooked) return;
		hooked = true;
		process.on('exit', killAll);
		if (!alone) return;
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.once(signal, () => {
				killAll();
				process.kill(process.pid, signal);
			});
		}
	}

	/** The thread has ended: so do its programs. */
	end(): void {
		const targets = this.#table.running().filter(isChild);
		if (targets.length === 0) {
			tables.delete(this.#table);
			return;
		}
		for (const target of targets) send(target, 'SIGTERM');
		void this.#reap(targets).finally(() => tables.delete(this.#table));
	}

	/** Nobody else waits for them: the event loop that did has ended with its thread. */
	async #reap(targets: readonly number[]): Promise<void> {
		const waitpid = await loadWaitpid();
		let left = [...targets];
		for (let look = 0; left.length > 0 && look < LOOKS; look++) {
			await new Promise((resolve) => setTimeout(resolve, LOOK));
			if (look * LOOK >= GRACE) for (const target of left) send(target, 'SIGKILL');
			left = left.filter((target) => waitpid?.(Math.abs(target)) !== true);
			if (waitpid === undefined && look * LOOK > GRACE) break;
		}
	}
}

function killAll(): void {
	for (const table of tables) for (const target of table.running()) if (isChild(target)) send(target, 'SIGKILL');
}

/** Whether it is still ours: its number may belong to another process after its end. */
function isChild(target: number): boolean {
	if (process.platform !== 'linux') return true;
	try {
		const stat = readFileSync(`/proc/${Math.abs(target)}/stat`, 'latin1');
		return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid;
	} catch {
		return false;
	}
}

function send(target: number, signal: NodeJS.Signals): void {
	try {
		process.kill(target, signal);
	} catch {
		// It has ended.
	}
}

/** waitpid(2), which Node does not offer; undefined without the optional package. True = it is gone. */
async function loadWaitpid(): Promise<((pid: number) => boolean) | undefined> {
	try {
		const { default: koffi } = await import('koffi');
		const waitpid = koffi.load(null).func('int waitpid(int pid, _Out_ int *status, int options)');
		return (pid) => waitpid(pid, [0], WNOHANG) !== 0;
	} catch {
		return undefined;
	}
}
