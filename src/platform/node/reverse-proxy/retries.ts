import type { ClientRequest } from 'node:http';
import type { LoadBalancing } from '../../../directives/reverse-proxy/load-balancing.ts';
import type { HttpSiteRequest } from '../http/http-site-request.ts';

/** Milliseconds before another upstream is asked, while there is a time for it: Caddy's. */
const TRY_INTERVAL = 250;
/** Without a pause, nobody else would get a turn. */
const SHORTEST_INTERVAL = 1;

/** One request, until an upstream has answered it. */
export interface Round {
	readonly site: HttpSiteRequest;
	/** Milliseconds, monotonic. */
	readonly start: number;
	/** How many upstreams have been asked in vain. */
	retries: number;
	/** The client's body has begun to be sent: nobody has it a second time. */
	bodySent: boolean;
	/** The latest one. */
	asked?: ClientRequest;
}

/** Why an upstream has not answered. */
export interface ProxyFailure {
	readonly status: 502 | 503 | 504;
	readonly message: string;
	/** There was no upstream to ask, no connection, or no answer. */
	readonly kind: 'nobody' | 'dial' | 'answer';
	readonly address?: string;
}

/**
 * Whether another upstream may be asked, by Caddy's rules: who had no connection has seen nothing of the request, any other
 * may have done what it asks for.
 *
 * @returns milliseconds to wait before; `undefined` = nobody else is asked
 */
export function mayTryAgain(
	{ site, start, retries: done, bodySent }: Round,
	{ kind }: ProxyFailure,
	{ retries = 0, tryDuration = 0, tryInterval }: LoadBalancing,
): number | undefined {
	if (retries === 0 && tryDuration === 0) return undefined;
	if (tryDuration > 0 && performance.now() - start >= tryDuration) return undefined;
	if (retries > 0 && done >= retries) return undefined;
	if (bodySent || (kind === 'answer' && site.method !== 'GET')) return undefined;
	if (tryDuration === 0) return tryInterval ?? 0;
	return Math.max(tryInterval ?? TRY_INTERVAL, SHORTEST_INTERVAL);
}
