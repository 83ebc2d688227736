import { signal } from '@preact/signals';
import type { LogRecord } from '../host/protocol.ts';

/** A record with a number, by which the page recognises it. */
export type LoggedRecord = LogRecord & { readonly id: number };

/** Older ones are dropped. */
const MOST = 1000;
let lastId = 0;

/** What the app has logged since it was started, oldest first. */
export const logRecords = signal<readonly LoggedRecord[]>([]);

/** Adds records. */
export function addToLog(records: readonly LogRecord[]): void {
	const added = records.slice(-MOST).map((record) => ({ ...record, id: ++lastId }));
	logRecords.value = [...logRecords.value.slice(added.length - MOST), ...added].slice(-MOST);
}

/** Drops all. */
export function clearLog(): void {
	logRecords.value = [];
}

/** Levels, least first. */
export const LEVELS: readonly LogRecord['level'][] = ['debug', 'info', 'warn', 'error'];
