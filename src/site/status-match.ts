import type { Statuses } from '../caddyfile/statuses.ts';

/** Whether a status is in a list of statuses (`404`) and ranges (`5xx`); an empty list has all. */
export function matchesStatus(statuses: Statuses, status: number): boolean {
	if (statuses.length === 0) return true;
	return statuses.some((one) => one === status || one === `${Math.floor(status / 100)}xx`);
}

/** A status that a template became; `undefined` = it is none. */
export function parseStatus(text: string): number | undefined {
	return /^[1-9]\d\d$/.test(text) ? Number(text) : undefined;
}
