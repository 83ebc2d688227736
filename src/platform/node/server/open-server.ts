import { sep } from 'node:path';
import type { RunningScope } from '../../../application/scope.ts';
import type { Server } from '../../../application/server.ts';
import { ServerClosedError } from '../../../application/server.ts';
import type { ResolvedOptions } from '../../../config/options.ts';
import { workersBelow } from '../../../http/workers-below.ts';
import type { Logger } from '../../../log/logger.ts';
import { within } from '../../../time/within.ts';
import { fetchFrom } from '../http/http-fetch.ts';
import { HttpHandler } from '../http/http-handler.ts';
import { listenHttp } from '../http/http-listener.ts';
import { PhpScope } from '../http/php-scope.ts';

/**
 * Puts HTTP in front of running PHP threads. Takes ownership of `scope`: closes it with the server, and when
 * listening fails.
 *
 * @throws ListenError
 */
export async function openServer(options: ResolvedOptions, scope: RunningScope, log: Logger): Promise<Server> {
	const { root, stopTimeout } = options;
	const table = { root, workers: workersBelow(options, log, sep) };
	const responder = new PhpScope({ root, table, gateway: scope.gateway, log, folders: options.visiblePaths });
	const handler = new HttpHandler(responder, log);
	const listener =
		options.listen === undefined
			? undefined
			: await listenHttp(options.listen, handler, log).catch(async (error: unknown) => {
					await scope.close();
					throw error;
				});
	let closing: Promise<void> | undefined;
	const close = async (): Promise<void> => {
		// Requests first: a running one may need its sidekicks to the end.
		await Promise.all([listener?.close(stopTimeout), within(stopTimeout, handler.idle())]);
		await scope.close();
	};
	const server: Server = {
		url: listener?.url,
		sidekicks: scope.sidekicks,
		fetch(input, init) {
			if (closing) return Promise.reject(new ServerClosedError());
			const base = listener?.url ?? 'http://localhost';
			return fetchFrom(
				handler,
				new Request(typeof input === 'string' ? new URL(input, base) : input, withDuplex(init)),
			);
		},
		close() {
			closing ??= close();
			return closing;
		},
		[Symbol.asyncDispose]: () => server.close(),
	};
	return server;
}

/** A body that is a stream needs `duplex`, which every caller would have to know. */
function withDuplex(init: RequestInit | undefined): RequestInit | undefined {
	return init?.body === undefined ? init : Object.assign({ duplex: 'half' }, init);
}
