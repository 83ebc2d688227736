import { ServerMetrics } from '../metrics/server-metrics.ts';
import { type AdminRequest, type AdminResponse, textResponse } from './admin-messages.ts';
import { type Route, route } from './admin-routing.ts';
import type { AdminTarget } from './admin-target.ts';
import { configRoutes } from './config-routes.ts';
import { EventStream } from './event-stream.ts';
import { SidekickLedger } from './sidekick-ledger.ts';
import { sidekickRoutes } from './sidekick-routes.ts';
import { threadRoutes } from './thread-routes.ts';

/**
 * The admin API of one server: turns requests into responses, and remembers what happens to sidekicks. It knows
 * nothing of sockets, and outlives a change of the address. Main thread only.
 */
export class AdminApi {
	readonly #ledger: SidekickLedger;
	readonly #routes: readonly Route[];

	constructor(target: AdminTarget) {
		const events = new EventStream();
		const scopes = () => target.scopes();
		this.#ledger = new SidekickLedger(scopes, (scope, event) => events.publish(scope, event));
		const metrics = new ServerMetrics({ scopes, sidekicks: () => this.#ledger.list() });
		this.#routes = [
			...threadRoutes(target),
			...configRoutes(target),
			...sidekickRoutes(this.#ledger, events),
			{ path: '/metrics', methods: { GET: async () => textResponse(await metrics.text(), metrics.contentType) } },
		];
	}

	/**
	 * Answers a request that has passed checkAccess().
	 * @throws AdminError for a mistake of the client; others are the server's
	 */
	async handle(request: AdminRequest): Promise<AdminResponse> {
		this.#ledger.refresh();
		try {
			return await route(this.#routes, request);
		} finally {
			// It may have been the one that changed the scopes.
			this.#ledger.refresh();
		}
	}

	/** Looks for scopes of a new configuration. Call it about once a second. */
	refresh(): void {
		this.#ledger.refresh();
	}
}
