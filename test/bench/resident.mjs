import { readFileSync } from 'node:fs';

/** Resident memory of a process, MB (10⁶ bytes). Linux. */
export function residentMegabytes(pid) {
	return (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
}
