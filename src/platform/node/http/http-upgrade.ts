import type { Duplex } from 'node:stream';
import type { HttpRequest } from './http-messages.ts';

/** The connection of a request that asks for another protocol. */
export interface Upgrade {
	/** Answers with 101 and lets both sides talk; what ends one ends the other. @param headers flat */
	join(headers: readonly string[], upstream: Duplex, head: Uint8Array): void;
}

const upgrades = new WeakMap<HttpRequest, Upgrade>();

/** `undefined` = the request asks for nothing else than an answer. */
export function upgradeOf(request: HttpRequest): Upgrade | undefined {
	return upgrades.get(request);
}

/** Notes how a request can have another protocol. */
export function offerUpgrade(request: HttpRequest, upgrade: Upgrade): void {
	upgrades.set(request, upgrade);
}
