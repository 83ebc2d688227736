import type { Logger } from '../log/logger.ts';
import { noun } from './error-texts.ts';
import type { SidekickEvent } from './sidekick-event.ts';

/** After so many runs in a row that have ended soon, the log says what is wrong, and no longer tells of each. */
const MOST_SHORT_RUNS = 5;
/** A run is short when it ends within this time after it was ready, milliseconds. */
const SHORT = 1000;

/** Runs of a sidekick that have ended soon, in a row. */
interface ShortRuns {
	count: number;
	readyAt: number;
}

/**
 * Writes what happens to sidekicks into the log, one line each. Of one that publishes and returns, again and again, there is
 * one warning instead.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function logSidekickEvents(log: Logger, now = () => performance.now()): (event: SidekickEvent) => void {
	const all = new Map<string, ShortRuns>();
	return (event) => {
		if (returnsAgain(event, all, now())) {
			if (event.type === 'exited' && all.get(event.name)?.count === MOST_SHORT_RUNS) {
				log.warn(returning(event), { sidekick: event.name, event: 'returns' });
			}
			log.debug(sentence(event), contextOf(event));
			return;
		}
		const context = contextOf(event);
		switch (event.type) {
			case 'crashed':
				if (event.persists) log.error(sentence(event), context);
				else log.warn(sentence(event), context);
				break;
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
