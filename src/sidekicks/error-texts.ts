import type { Asking } from './definition.ts';
import type { RunOutcome } from './ports.ts';
import { SidekickError } from './sidekick-error.ts';
import type { SidekickStatus } from './status.ts';

/** Every sentence about sidekicks and background workers. Pure, for any thread. */

/** Longest PHP error quoted, characters: a stack trace must not push the rest out of a 4 KiB cell of shared memory. */
const LONGEST_QUOTE = 1000;

/** What is known about a sidekick: state, attempts, last PHP error, exit status. */
export function describeStatus(status: SidekickStatus): string {
	const doing = status.running || isOver(status) ? status.state : `${status.state}, waiting for its next attempt`;
	const failures = status.failures === 0 ? '' : `, ${counted(status.failures, 'failure')} in a row`;
	return [`It is ${doing} (${counted(status.attempts, 'attempt')}${failures}).`, ...details(status)].join(' ');
}

/** The error of a `get_vars()` that waited for too long. */
export function timeoutMessage(name: string, seconds: number, statusText: string, background = false): string {
	if (background) {
		const waited = seconds === 0 ? 'is not ready yet' : `was not ready within ${counted(seconds, 'second')}`;
		const advice = 'It is ready once it calls tick() of its FrankenPHP\\WorkerHandle.';
		return [`The background worker "${name}" ${waited}.`, statusText, advice].filter((part) => part !== '').join(' ');
	}
	const waited =
		seconds === 0
			? 'has not published yet (timeout 0: no wait)'
			: `did not publish within ${counted(seconds, 'second')}`;
	const advice = 'It is ready once it calls frankenphp_sidekick_set_vars().';
	return [`The sidekick "${name}" ${waited}.`, statusText, advice].filter((part) => part !== '').join(' ');
}

/** What wakes the waiters of a sidekick that is given up. */
export function gaveUpMessage(status: SidekickStatus): string {
	return [
		`The sidekick "${status.name}" could not be started: given up after ${counted(status.failures, 'failed attempt')} in a row.`,
		...details(status),
		'Correct the script; the next call tries again.',
	].join(' ');
}

/** Why the start of the server fails: a background worker does not become ready. */
export function bootsNoMoreMessage(status: SidekickStatus): string {
	return [
		`The background worker "${status.name}" could not be started: ${counted(status.failures, 'failed attempt')} in a row.`,
		...details(status),
		'It is ready once it calls tick() of its FrankenPHP\\WorkerHandle.',
	].join(' ');
}

export function stoppedMessage(name: string, background = false): string {
	return `The ${noun(background)} "${name}" was stopped; the next call starts it again.`;
}

export function shutDownMessage(name: string, background = false): string {
	return `The ${noun(background)} "${name}" is not available: the server is shutting down.`;
}

/** The error of a script that boots, and asks for a worker that does not. */
export function bootFailedMessage(name: string, statusText: string): string {
	return [`The background worker "${name}" could not boot.`, statusText].filter((part) => part !== '').join(' ');
}

/** The error of a reader whose worker is ready and has nothing to read. */
export function unpublishedMessage(name: string): string {
	return `The background worker "${name}" is ready but has published no variables: it has to call setVars() of its FrankenPHP\\WorkerHandle.`;
}

/** What people call it. */
export function noun(background: boolean | undefined): string {
	return background ? 'background worker' : 'sidekick';
}

/** How a run ended. `wasReady` = it was no boot failure; see EndedRun. */
export function describeOutcome(outcome: RunOutcome, wasReady: boolean, background = false): string {
	switch (outcome.kind) {
		case 'exit':
			if (outcome.status !== 0 || wasReady) return `ended with exit status ${outcome.status}`;
			return `ended ${background ? 'before its first tick()' : 'without publishing'} (exit status 0)`;
		case 'trap':
			return `ended by a trap in PHP: ${clip(outcome.message)}`;
		case 'terminated':
			return ['ended because its thread was terminated', ...(outcome.message ? [clip(outcome.message)] : [])].join(
				': ',
			);
		case 'startFailed':
			return `ended before it began, its thread could not be started: ${clip(outcome.message)}`;
	}
}

export function shuttingDown(names: readonly string[]): SidekickError {
	return new SidekickError('shutting_down', `Cannot wait for ${quoted(names)}: the server is shutting down.`);
}

export function noEntrypoint(names: readonly string[]): SidekickError {
	return new SidekickError(
		'no_entrypoint',
		`Cannot start ${quoted(names)}: no sidekick_entrypoint is configured here. ` +
			'Add "sidekick_entrypoint FILE" to the php_server block of the Caddyfile, or pass --sidekick-entrypoint FILE on the command line.',
	);
}

/** `known` = the nearest name that there is; undefined = none is close. */
export function unknownName(name: string, known: string | undefined, asking: Asking): SidekickError {
	const hint = known === undefined ? '' : ` Did you mean "${known}"?`;
	const what =
		asking === 'worker' ? 'Cannot start' : asking === 'task' ? 'Cannot send a task to' : 'Cannot read the variables of';
	return new SidekickError(
		'unknown_name',
		`${what} "${name}": no background worker has this name, and no sidekick_entrypoint is configured here.${hint} ` +
			'Declare it with "worker { file FILE; name NAME; background }" in the php_server block of the Caddyfile.',
	);
}

export function tooManyNames(name: string, max: number): SidekickError {
	return new SidekickError(
		'limit_reached',
		`Cannot start the background worker "${name}": ${counted(max, 'name')} ${max === 1 ? 'is' : 'are'} served by the worker without a name already. ` +
			'Raise the limit with "max_threads N" in its block.',
	);
}

export function badEntrypoint(names: readonly string[], path: string, problem: string): SidekickError {
	return new SidekickError(
		'bad_entrypoint',
		`Cannot start ${quoted(names)}: ${problem.replace(/\.$/, '')}. ` +
			`Check the path "${path}" of sidekick_entrypoint (or --sidekick-entrypoint).`,
	);
}

export function limitReached(names: readonly string[], present: number, max: number): SidekickError {
	return new SidekickError(
		'limit_reached',
		`Cannot start ${quoted(names)}: ${present} of at most ${counted(max, 'sidekick')} exist already. ` +
			'Raise the limit with "sidekick { max N }" in the php_server block of the Caddyfile, or --sidekick-max N.',
	);
}

/** `patterns` as they are written in the configuration. */
export function notAllowed(names: readonly string[], patterns: readonly string[]): SidekickError {
	return new SidekickError(
		'not_allowed',
		`Cannot start ${quoted(names)}: only names that match ${patterns.map((pattern) => `"${pattern}"`).join(', ')} are allowed here. ` +
			'Add the name or a pattern to "sidekick { allow PATTERN… }" in the php_server block of the Caddyfile.',
	);
}

export function noFreeCell(name: string): SidekickError {
	return new SidekickError(
		'no_free_cell',
		`Cannot start the sidekick "${name}": the shared memory for sidekicks is full. ` +
			'Use fewer sidekick names, or restart the server with a higher "sidekick { max N }" or --sidekick-max N.',
	);
}

/** `cycle` begins and ends with the same name. */
export function waitCycle(cycle: readonly string[]): SidekickError {
	return new SidekickError(
		'wait_cycle',
		`They would wait for each other forever: ${cycle.join(' → ')}. ` +
			'One of them has to be ready before it asks for the next: a sidekick calls frankenphp_sidekick_set_vars(), a background worker tick().',
	);
}

function details(status: SidekickStatus): string[] {
	const parts: string[] = [];
	if (status.lastError !== undefined) parts.push(`Last PHP error: ${clip(status.lastError).replace(/\.?\s*$/, '.')}`);
	if (status.lastEnd !== undefined) parts.push(`Its last run ${status.lastEnd.replace(/\.?\s*$/, '.')}`);
	return parts;
}

function isOver(status: SidekickStatus): boolean {
	return status.state === 'stopped' || status.state === 'failed';
}

function quoted(names: readonly string[]): string {
	return `${names.length === 1 ? 'the sidekick' : 'the sidekicks'} ${names.map((name) => `"${name}"`).join(', ')}`;
}

function counted(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function clip(text: string): string {
	return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}
