import { within } from '../time/within.ts';
import { AdminError, type AdminResponse, jsonResponse } from './admin-messages.ts';
import type { Route, RoutedRequest } from './admin-routing.ts';
import type { EventStream } from './event-stream.ts';
import type { FollowedScope, KnownSidekick, SidekickLedger } from './sidekick-ledger.ts';
import { viewOf } from './sidekick-view.ts';

/** How long a request waits for the end of a run, milliseconds. The registry's deadlines are shorter. */
const STOP_DEADLINE = 30_000;
/** Clients of the event stream at a time. */
const MOST_LISTENERS = 100;

/** What Igor has beyond Caddy and FrankenPHP: the sidekicks of all scopes. */
export function sidekickRoutes(ledger: SidekickLedger, events: EventStream): Route[] {
	return [
		{ path: '/sidekicks', methods: { GET: () => jsonResponse(views(ledger.list())) } },
		{ path: '/sidekicks/events', methods: { GET: (request) => follow(events, request) } },
		{
			path: '/sidekicks/:',
			methods: { GET: ({ names: [scope = ''] }) => jsonResponse(views(scopeOf(ledger, scope).list())) },
		},
		{
			path: '/sidekicks/:/:',
			methods: {
				GET: (request) => {
					const values = ['1', 'true'].includes(request.query.get('values') ?? '');
					return jsonResponse(viewOf(find(ledger, request).sidekick, Date.now(), values));
				},
				DELETE: (request) => stop(ledger, request, true),
			},
		},
		{ path: '/sidekicks/:/:/restart', methods: { POST: (request) => restart(ledger, request) } },
		{ path: '/sidekicks/:/:/stop', methods: { POST: (request) => stop(ledger, request, false) } },
	];
}

function follow(events: EventStream, { header }: RoutedRequest): AdminResponse {
	if (events.listeners >= MOST_LISTENERS) {
		throw new AdminError(503, `${MOST_LISTENERS} clients follow the events already`, { 'retry-after': '10' });
	}
	return {
		status: 200,
		headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
		body: events.follow(header('last-event-id')),
	};
}

/** Ends the current run and starts the next; readers keep the snapshot. */
function restart(ledger: SidekickLedger, request: RoutedRequest): AdminResponse {
	const { sidekick } = find(ledger, request);
	const { name, state } = sidekick.info;
	if (!sidekick.scope.sidekicks.restart(name)) {
		const why = sidekick.over ? `is ${state}; the next get_vars() for it starts it` : 'is being stopped';
		throw new AdminError(409, `The sidekick '${name}' of ${sidekick.scope.name} ${why}.`);
	}
	return jsonResponse(viewOf(find(ledger, request).sidekick, Date.now()), 202);
}

/**
 * Ends a sidekick; it runs again when somebody reads it. `stop` keeps its record: the list shows it as `stopped`, and the
 * metrics keep its counters. `DELETE` (`forget`) removes the record, too, also of a sidekick that is over.
 */
async function stop(ledger: SidekickLedger, request: RoutedRequest, forget: boolean): Promise<AdminResponse> {
	const { scope, sidekick } = find(ledger, request);
	const { name } = sidekick.info;
	if (!sidekick.over && !(await within(STOP_DEADLINE, sidekick.scope.sidekicks.stop(name)))) {
		throw new AdminError(
			504,
			`The sidekick '${name}' of ${sidekick.scope.name} has not ended yet; it is still being stopped.`,
		);
	}
	if (forget) {
		scope.forget(name);
		return jsonResponse({ scope: sidekick.scope.name, name, forgotten: true });
	}
	// Somebody may have asked for it meanwhile: then its current state counts.
	return jsonResponse(viewOf(scope.get(name) ?? sidekick, Date.now()));
}

function find(
	ledger: SidekickLedger,
	{ names: [scopeName = '', name = ''] }: RoutedRequest,
): { scope: FollowedScope; sidekick: KnownSidekick } {
	const scope = scopeOf(ledger, scopeName);
	const sidekick = scope.get(name);
	if (sidekick === undefined) throw new AdminError(404, `The scope ${scopeName} has no sidekick '${name}'.`);
	return { scope, sidekick };
}

function scopeOf(ledger: SidekickLedger, name: string): FollowedScope {
	const scope = ledger.scope(name);
	if (scope === undefined)
		throw new AdminError(404, `There is no scope '${name}'; GET /sidekicks lists all sidekicks.`);
	return scope;
}

function views(sidekicks: readonly KnownSidekick[]): object[] {
	const now = Date.now();
	return sidekicks.map((sidekick) => viewOf(sidekick, now));
}
