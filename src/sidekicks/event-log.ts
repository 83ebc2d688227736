import type { Logger } from '../log/logger.ts';
import { noun } from './error-texts.ts';
import type { SidekickEvent } from './sidekick-event.ts';

/** Writes what happens to sidekicks into the log, one line each. */
export function logSidekickEvents(log: Logger): (event: SidekickEvent) => void {
	return (event) => {
		const { type, name, ...details } = event;
		const context = { sidekick: name, event: type, ...details };
		switch (type) {
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
