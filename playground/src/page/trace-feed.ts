import type { TraceEvent } from '../../../src/browser.ts';

type Listener = (events: readonly TraceEvent[]) => void;
const listeners = new Set<Listener>();

/** Hears what the app does, in batches. @returns ends it */
export function onTrace(listener: Listener): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Tells everybody. */
export function feedTrace(events: readonly TraceEvent[]): void {
	for (const listener of listeners) listener(events);
}
