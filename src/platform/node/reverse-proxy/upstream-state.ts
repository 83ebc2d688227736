import type { PassiveHealth } from '../../../directives/reverse-proxy/upstream-health.ts';
import type { Upstream } from '../../../directives/reverse-proxy.ts';

/** An upstream, and what is known of it. */
export class UpstreamState {
	readonly upstream: Upstream;
	/** `HOST:PORT`, or the path of a socket. */
	readonly address: string;
	/** What the checks say. */
	isUp = true;
	/** That it is answering now. */
	requests = 0;
	readonly #passive: PassiveHealth;
	readonly #now: () => number;
	/** When the latest failures were, `maxFails` of them at most. */
	readonly #failures: number[] = [];

	/** @param now milliseconds, monotonic */
	constructor(upstream: Upstream, passive: PassiveHealth, now: () => number = () => performance.now()) {
		const { to } = upstream;
		this.upstream = upstream;
		this.address = 'socket' in to ? to.socket : `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
		this.#passive = passive;
		this.#now = now;
	}

	/** Whether requests may be sent there. */
	get isAvailable(): boolean {
		const { maxFails, failDuration, requests = Number.POSITIVE_INFINITY } = this.#passive;
		if (!this.isUp || this.requests >= requests) return false;
		const [oldest] = this.#failures;
		return this.#failures.length < maxFails || this.#now() - (oldest as number) >= failDuration;
	}

	/** Notes that a request has failed. */
	countFailure(): void {
		const { maxFails, failDuration } = this.#passive;
		if (failDuration === 0) return;
		this.#failures.push(this.#now());
		if (this.#failures.length > maxFails) this.#failures.shift();
	}
}
