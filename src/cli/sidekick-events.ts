import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { AdminClient } from './admin-client.ts';
import { escaped } from './terminal-text.ts';

/** What following reports. */
export interface EventListener {
	/** The stream is open, or open again: what happens from now on is reported. */
	connected(): void;
	event(event: EventSourceMessage): void;
	/** It has ended, and is being reopened. Called once per loss. */
	lost(): void;
}

/** Milliseconds within which the head of the stream has to arrive. */
const CONNECT_TIMEOUT = 10_000;
/** The server sends something every 15 seconds, if only a comment. */
const SILENCE_TIMEOUT = 45_000;
const LONGEST_PAUSE = 2000;
/** Of one event; a server that sends more is not ours. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Follows the events of all sidekicks until `signal`; when the server restarts, from where it was.
 *
 * @throws AdminClientError when at first no server answers, or one without such a stream does
 */
export async function followEvents(client: AdminClient, listener: EventListener, signal: AbortSignal): Promise<void> {
	let lastId: string | undefined;
	let known = false;
	let isLost = false;
	let pause = 250;
	while (!signal.aborted) {
		try {
			const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) };
			const stream = await client.open('GET', '/sidekicks/events', { headers, timeout: CONNECT_TIMEOUT }, signal);
			known = true;
			isLost = false;
			pause = 250;
			listener.connected();
			const parser = createParser({
				onId: (id) => {
					lastId = id;
				},
				onEvent: (event) => listener.event(event),
				maxBufferSize: MOST_CHARACTERS,
				onError: ({ type }) => {
					if (type === 'max-buffer-size-exceeded') stream.destroy();
				},
			});
			stream.setTimeout(SILENCE_TIMEOUT, () => stream.destroy());
			stream.setEncoding('utf8').on('data', (chunk: string) => parser.feed(chunk));
			await Promise.race([once(stream, 'end'), once(stream, 'close')]);
		} catch (error) {
			if (signal.aborted) return;
			// Later on, nothing is final: a server that restarts does not answer, or refuses, for a while.
			if (!known) throw error;
		}
		if (signal.aborted) return;
		if (!isLost) listener.lost();
		isLost = true;
		await wait(pause, undefined, { signal }).catch(() => {});
		pause = Math.min(LONGEST_PAUSE, pause * 2);
	}
}

/** One event on one line. */
export function eventLine({ data, event = 'message' }: EventSourceMessage): string {
	try {
		const { time, scope, name, type = event, ...details } = JSON.parse(data) as Record<string, unknown>;
		const more = Object.entries(details).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
		return escaped([time, scope, name, type, ...more].filter((part) => part !== undefined).join(' '));
	} catch {
		return escaped(`${event} ${data}`);
	}
}
