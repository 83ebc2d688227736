import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { eventually } from '../../../support/eventually.ts';

/** /proc/PID/stat: utime and stime, in hundredths of a second. */
const USER_TIME = 13;
const SYSTEM_TIME = 14;

export const noProcFolder = !existsSync('/proc/self/task');

/**
 * Seconds of processor time that a process takes while its threads fall asleep so many times. Rejects when they do not
 * sleep.
 */
export async function whileItSleeps(pid: number, times: number): Promise<number> {
	const before = { sleeps: sleeps(pid), seconds: seconds(pid) };
	await eventually('a process to sleep', () => sleeps(pid) - before.sleeps >= times, 50);
	return seconds(pid) - before.seconds;
}

function sleeps(pid: number): number {
	const tasks = readdirSync(`/proc/${pid}/task`);
	return tasks.reduce((sum, task) => sum + sleepsOf(`/proc/${pid}/task/${task}/status`), 0);
}

function sleepsOf(file: string): number {
	try {
		return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}

function seconds(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, 'x x ')
		.split(' ');
	return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / 100;
}
