import { DEFAULTS } from '../config/defaults.ts';
import type { Logger } from '../log/logger.ts';
import { noun } from './error-texts.ts';
import type { SidekickEvent } from './sidekick-event.ts';

/** After so many runs in a row that have ended soon, the log says what is wrong, and no longer tells of each. */
const MOST_SHORT_RUNS = 5;
/** After more runs in a row that have not become ready: the same. */
const MOST_VAIN_RUNS = DEFAULTS.maxConsecutiveFailures;
/** A run is short when it ends within this time after it was ready, milliseconds. */
const SHORT = 1000;

type CrashEvent = Extract<SidekickEvent, { type: 'crashed' }>;

/** Runs of a sidekick that have ended soon, in a row. */
interface ShortRuns {
	count: number;
	readyAt: number;
}

/** Runs of a sidekick that have crashed before they were ready, in a row. */
interface VainRuns {
	count: number;
	/** The last one has not crashed yet, and is ready. */
	isReady: boolean;
	/** Why the last one crashed. */
	reason: string;
	/** How it was told that this goes on. */
	told?: 'warn' | 'error';
}

/**
 * Writes what happens to sidekicks into the log, one line each. Of one that publishes and returns, or does not get that far,
 * again and again, there is one warning instead.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function logSidekickEvents(log: Logger, now = () => performance.now()): (event: SidekickEvent) => void {
	const all = new Map<string, ShortRuns>();
	const vain = new Map<string, VainRuns>();
	return (event) => {
		forgetVain(event, vain);
		if (returnsAgain(event, all, now())) {
			if (event.type === 'exited' && all.get(event.name)?.count === MOST_SHORT_RUNS) {
				log.warn(returning(event), { sidekick: event.name, event: 'returns' });
			}
			log.debug(sentence(event), contextOf(event));
			return;
		}
		const context = contextOf(event);
		switch (event.type) {
			case 'crashed': {
				const { level, text } = crash(event, vain);
				log[level](text, context);
				break;
			}
			case 'slow-start':
			case 'ignored-stop':
			case 'abandoned':
			case 'lease-lost':
				log.warn(sentence(event), context);
				break;
			case 'failed':
				log.error(sentence(event), context);
				break;
			case 'starting':
			case 'stopping':
			case 'backing-off':
				log.debug(sentence(event), context);
				break;
			default:
				log.info(sentence(event), context);
		}
	};
}

function contextOf({ type, name, ...details }: SidekickEvent): Record<string, unknown> {
	return { sidekick: name, event: type, ...details };
}

/** Takes note of an event. Whether it is one of many runs that only publish and return. */
function returnsAgain({ type, name }: SidekickEvent, all: Map<string, ShortRuns>, time: number): boolean {
	const runs = all.get(name) ?? { count: 0, readyAt: time };
	if (type === 'ready') {
		all.set(name, { ...runs, readyAt: time });
		return runs.count >= MOST_SHORT_RUNS;
	}
	if (type === 'exited') {
		const count = time - runs.readyAt < SHORT ? runs.count + 1 : 0;
		all.set(name, { ...runs, count });
		return count >= MOST_SHORT_RUNS;
	}
	// Names are PHP's to choose: nothing is kept of those that are over.
	if (type === 'stopped' || type === 'failed') all.delete(name);
	return false;
}

/** A sidekick that becomes ready, or is over, starts from nothing. */
function forgetVain({ type, name }: SidekickEvent, vain: Map<string, VainRuns>): void {
	if (type === 'ready') vain.set(name, { count: 0, isReady: true, reason: '' });
	else if (type === 'stopped' || type === 'failed') vain.delete(name);
}

/** How a crash is told: for itself, once as one of many, and then no more unless its reason is another. */
function crash(event: CrashEvent, vain: Map<string, VainRuns>): { level: 'debug' | 'warn' | 'error'; text: string } {
	const { name, reason } = event;
	const former = vain.get(name) ?? { count: 0, isReady: false, reason };
	const level = event.persists ? 'error' : 'warn';
	const runs: VainRuns = { ...former, reason, count: former.isReady ? 0 : former.count + 1, isReady: false };
	vain.set(name, runs);
	if (runs.count <= MOST_VAIN_RUNS && !event.persists) return { level, text: sentence(event) };
	if (former.told === level && former.reason === reason) return { level: 'debug', text: sentence(event) };
	runs.told = level;
	return { level, text: neverReady(event) };
}

function neverReady({ name, background, failures, reason }: CrashEvent): string {
	const point = background ? 'at its first tick(): while ($handle->tick())' : 'once it has published variables';
	const runs = failures === 1 ? 'its first run, which' : `${failures} runs in a row, the last one`;
	return (
		`${noun(background)} "${name}" was not ready in ${runs} ${reason.replace(/\.?\s*$/, '.')} Correct the script, ` +
		`or what it needs: it is ready ${point}. Further crashes like this one are at level debug`
	);
}

function returning({ name, background }: SidekickEvent): string {
	const loop = background ? 'while ($handle->tick())' : 'while (!frankenphp_sidekick_should_stop())';
	return `${noun(background)} "${name}" publishes and returns, and is started again each time; keep it running in a loop: ${loop}`;
}

function sentence(event: SidekickEvent): string {
	const subject = `${noun(event.background)} "${event.name}"`;
	switch (event.type) {
		case 'ready':
			return `${subject} is ready after ${Math.round(event.after)} ms`;
		case 'crashed':
			return `${subject} crashed: ${event.reason}`;
		case 'failed':
			return `${subject} is given up: ${event.reason}`;
		case 'slow-start':
			return `${subject} is not ready after ${event.after / 1000} s: it has not called tick() yet`;
		case 'backing-off':
			return `${subject} starts again in ${Math.round(event.delay)} ms`;
		case 'ignored-stop':
			return `${subject} did not stop within ${event.stopTimeout / 1000} s; its thread is terminated`;
		case 'abandoned':
			return `${subject} did not report its end`;
		case 'takeover':
			return `${subject} runs on ${event.holder}`;
		case 'lease-lost':
			return `${subject} stops here: the lease is lost, ${event.reason}`;
		default:
			return `${subject}: ${event.type}`;
	}
}
