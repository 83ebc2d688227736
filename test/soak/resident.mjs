import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process and all that it has started, MB (10⁶ bytes). Linux; 0 elsewhere, and once it has ended. */
export function residentMegabytes(pid) {
	try {
		const kilobytes = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
		return (kilobytes * 1024) / 1e6 + children(pid).reduce((sum, child) => sum + residentMegabytes(child), 0);
	} catch {
		return 0;
	}
}

function children(pid) {
	const threads = readdirSync(`/proc/${pid}/task`);
	return threads.flatMap((thread) =>
		readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean),
	);
}

/** Looks each second. `minute()` gives what was found since the last call: the median, and the most. */
export function watchMemory(pid) {
	let samples = [];
	const timer = setInterval(() => samples.push(residentMegabytes(pid)), 1000);
	return {
		minute: () => {
			const sorted = samples.toSorted((a, b) => a - b);
			samples = [];
			return { median: Math.round(sorted[sorted.length >> 1] ?? 0), most: Math.round(sorted.at(-1) ?? 0) };
		},
		stop: () => clearInterval(timer),
	};
}
