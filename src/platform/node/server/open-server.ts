import { sep } from 'node:path';
import { patienceUntil, type RunningScope } from '../../../application/scope.ts';
import type { Server } from '../../../application/server.ts';
import { ServerClosedError } from '../../../application/server.ts';
import { Position } from '../../../caddyfile/position.ts';
import { DEFAULTS } from '../../../config/defaults.ts';
import type { ResolvedOptions } from '../../../config/options.ts';
import type { ListenAddress } from '../../../config/values.ts';
import { DEFAULT_MINIMUM_LENGTH } from '../../../directives/encode.ts';
import type { Logger } from '../../../log/logger.ts';
import type { SiteSteps } from '../../../site/compile-site.ts';
import { workersBelow } from '../../../site/php/workers-below.ts';
import { within } from '../../../time/within.ts';
import { fetchFrom } from '../http/http-fetch.ts';
import { chooseSite } from '../listeners/choose-site.ts';
import { createClientFinder } from '../listeners/client-address.ts';
import { EndpointListener, type EndpointState } from '../listeners/endpoint-listener.ts';
import { createSiteHandler } from '../sites/site-handler.ts';

/** The site of `php-server`: what `php_server` is without a block. */
function siteOf(compress: boolean): SiteSteps {
	const position = new Position({ file: 'php-server', text: '' }, 1, 1);
	const encodings = (['zstd', 'br', 'gzip'] as const).map((name) => ({ name }));
	const { splitPath, index } = DEFAULTS;
	return {
		directives: [
			...(compress ? [{ type: 'encode' as const, encodings, minimumLength: DEFAULT_MINIMUM_LENGTH, position }] : []),
			{ type: 'php_server', splitPath, index, fileServer: true, env: {}, workers: [], position },
		],
		errorHandlers: [],
	};
}

/**
 * Puts HTTP in front of running PHP threads. Takes ownership of `scope`: closes it with the server, and when
 * listening fails.
 *
 * @param compress for clients that take it
 * @throws ListenError
 */
export async function openServer(
	options: ResolvedOptions,
	scope: RunningScope,
	log: Logger,
	compress = false,
): Promise<Server> {
	const { root, listen, visiblePaths, stopTimeout } = options;
	const workers = workersBelow(options, log, sep);
	const php = { gateway: scope.gateway, root, workers, workerMatches: [], folders: visiblePaths };
	const handler = createSiteHandler(siteOf(compress), { log, folder: root, hiddenFiles: [], scopeOf: () => php });
	const state: EndpointState = {
		hosts: new Map([['', { kind: 'site', handler, accessLog: undefined }]]),
		findClient: createClientFinder([]),
		certificates: undefined,
	};
	const listener =
		listen &&
		(await EndpointListener.open({ scheme: 'http', ...listen }, state, log).catch(async (error: unknown) => {
			await scope.close();
			throw error;
		}));
	const url = listen && listener && urlOf(listen, listener);
	let closing: Promise<void> | undefined;
	const close = async (): Promise<void> => {
		// Requests first: a running one may need its sidekicks to the end.
		const end = performance.now() + stopTimeout;
		await Promise.all([listener?.close(stopTimeout), within(stopTimeout, handler.idle())]);
		await scope.close(patienceUntil(end));
	};
	const server: Server = {
		url,
		sidekicks: scope.sidekicks,
		fetch(input, init) {
			if (closing) return Promise.reject(new ServerClosedError());
			const target = typeof input === 'string' ? new URL(input, url ?? 'http://localhost') : input;
			const request = new Request(target, withDuplex(init));
			return fetchFrom((message, response) => chooseSite(message, response, state, log), request);
		},
		close() {
			closing ??= close();
			return closing;
		},
		[Symbol.asyncDispose]: () => server.close(),
	};
	return server;
}

/** With the port that was really taken. */
function urlOf({ host }: ListenAddress, { port }: EndpointListener): string {
	return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A body that is a stream needs `duplex`, which every caller would have to know. */
function withDuplex(init: RequestInit | undefined): RequestInit | undefined {
	return init?.body === undefined ? init : Object.assign({ duplex: 'half' }, init);
}
