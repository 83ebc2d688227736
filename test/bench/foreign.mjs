// How much of the processors' time goes to programs that are not part of the benchmark, while it measures. It matters
// for ratios too: on a busy machine a server of several threads gets a larger share of time than one with a single one.
import { readdirSync, readFileSync } from 'node:fs';

/** Above this share of the processors' time, percent, a section proves nothing: no target is called met or missed. */
export const MOST_FOREIGN = 10;
/** USER_HZ is 100 wherever Node.js runs. */
const MILLISECONDS_PER_TICK = 10;

/** Starts to watch; the function returned says how many percent it was since. Undefined where there is no /proc. */
export function watchForeign() {
	const before = times();
	return () => {
		const after = times();
		if (before === undefined || after === undefined) return undefined;
		const foreign = after.busy - before.busy - (after.own - before.own);
		return Math.max(0, Math.round((100 * foreign) / (after.total - before.total)));
	};
}

/** In clock ticks. */
function times() {
	try {
		// user nice system idle iowait irq softirq steal: time stolen by the machine's host is somebody else's, too.
		const counters = readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number);
		const total = counters.reduce((sum, ticks) => sum + ticks, 0);
		return { total, busy: total - counters[3] - counters[4], own: ticksBelow(process.pid) };
	} catch {
		return undefined;
	}
}

/** Processors' time of a process and all below it so far, milliseconds. Linux. */
export function processorTime(pid) {
	return ticksBelow(pid) * MILLISECONDS_PER_TICK;
}

/** In clock ticks; a process that has ended counts with its parent. */
function ticksBelow(pid) {
	const processes = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap(readProcess);
	const own = new Set([pid]);
	for (let size = 0; size < own.size; ) {
		size = own.size;
		for (const { pid, parent } of processes) if (own.has(parent)) own.add(pid);
	}
	return processes.filter(({ pid }) => own.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0);
}

function readProcess(pid) {
	try {
		// The name, in parentheses, may contain anything.
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ')
			.map(Number);
		return [{ pid: Number(pid), parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] }];
	} catch {
		// It has just ended.
		return [];
	}
}
