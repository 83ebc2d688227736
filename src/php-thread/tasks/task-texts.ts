/** The sentences of RuntimeExceptions about tasks. */

export const NO_PLACE = 'This thread cannot send tasks: too many threads of this php_server do; lower max_threads.';

export function notPickedUp(name: string, seconds: number): string {
	return `No thread of "${name}" picked up the task within ${seconds} second${seconds === 1 ? '' : 's'}; it has been withdrawn.`;
}

export function sendsToItself(name: string): string {
	return `"${name}" runs on one thread, and cannot send tasks to itself: nobody else could pick them up.`;
}

export function threadEnds(name: string): string {
	return `The task for "${name}" was not picked up: the calling thread is restarting or shutting down.`;
}

export function tooManyTasks(name: string, most: number): string {
	return `The task for "${name}" cannot be sent: ${most} tasks of this php_server are not over yet, and more are not kept. Complete or abandon some.`;
}

export function noMemory(what: string): string {
	return `There is no memory for the ${what}: the tasks of this php_server hold all of it. Read, complete or abandon some.`;
}

export function tooLarge(what: string, size: number, largest: number): string {
	return `The ${what} has ${size} bytes, more than max_snapshot_size allows (${largest}).`;
}

export const ABORTED = 'The script of the worker exited without completing the task.';
export const IS_OVER = 'The task is over.';
export const GIVEN_UP = 'The sender has given up the task.';
export const STOPPED_READING = 'Stopped while waiting for the task: the server is shutting down or reloading.';
export const STOPPED_UPDATING =
	'Stopped while waiting for the sender to read: the server is shutting down or reloading.';
