import { Agent, type ClientRequest, request as plainRequest, type RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { HttpTransport } from '../../../directives/reverse-proxy/http-transport.ts';
import type { Upstream } from '../../../directives/reverse-proxy.ts';

/** Begins a request to an upstream. @param options its method, its path, its headers */
export type AskUpstream = (upstream: Upstream, options: RequestOptions) => ClientRequest;

/** `transport http`: connections are kept for further requests, until `lifetime` is aborted. */
export function upstreamClient(transport: HttpTransport, lifetime: AbortSignal | undefined): AskUpstream {
	const { insecure, keepAlive, serverName } = transport;
	const common = { keepAlive: keepAlive !== 0, ...(keepAlive && { timeout: keepAlive }) };
	const plain = new Agent(common);
	const secure = new SecureAgent({ ...common, rejectUnauthorized: !insecure });
	lifetime?.addEventListener('abort', () => [plain, secure].forEach(keepNone), { once: true });
	return ({ secure: isSecure, to }, options) => {
		const name = serverName ?? ('host' in to && !/^[\d.]+$|:/.test(to.host) ? to.host : undefined);
		return (isSecure ? secureRequest : plainRequest)({
			...('socket' in to ? { socketPath: to.socket } : to),
			...options,
			setHost: false,
			agent: isSecure ? secure : plain,
			// The name that the certificate has to have; none for an address.
			...(isSecure && name !== undefined && { servername: name }),
		});
	};
}

/** What still answers does so; then nothing is kept. */
function keepNone(agent: Agent): void {
	agent.maxFreeSockets = 0;
	for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}
