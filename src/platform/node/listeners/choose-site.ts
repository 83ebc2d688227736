import type { ServerResponse } from 'node:http';
import type { Logger } from '../../../log/logger.ts';
import { findHost } from '../../../scopes/site-endpoints.ts';
import { parseHostPort } from '../../../site/values/host-port.ts';
import type { AccessLogger, HttpRequest, HttpResponse, SiteHandler } from '../http/http-messages.ts';
import { hostOf } from '../http/http-request.ts';
import { admitRequest } from './admit-request.ts';
import type { ClientFinder } from './client-address.ts';

/** The port that `https://` means. */
const HTTPS_PORT = 443;

/** What answers for a host. */
export type HostTarget =
	| { readonly kind: 'site'; readonly handler: SiteHandler; readonly accessLog: AccessLogger | undefined }
	| { readonly kind: 'redirect'; readonly port: number };

/** What a socket serves. */
export interface ServedHosts {
	readonly hosts: ReadonlyMap<string, HostTarget>;
	readonly findClient: ClientFinder;
}

/** Hands a request to the site of its host, whether it came by a socket or not. Returns at once; never throws. */
export function chooseSite(
	request: HttpRequest,
	response: HttpResponse,
	{ hosts, findClient }: ServedHosts,
	log: Logger,
): void {
	if (!admitRequest(request, response, log)) return;
	const target = targetOf(request, hosts);
	// As Caddy: nobody serves this host, so there is nothing to say.
	if (target === undefined) (response as ServerResponse).end();
	else if (target.kind === 'redirect') redirect(request, response, target.port);
	else {
		const client = findClient(request);
		target.accessLog?.(request, response, client);
		target.handler.handle(request, response, client);
	}
}

function targetOf(request: HttpRequest, hosts: ServedHosts['hosts']): HostTarget | undefined {
	// Most sockets serve one site for every host: then nobody has to read which one was asked for.
	const only = hosts.size === 1 ? hosts.get('') : undefined;
	return only ?? findHost(hosts, parseHostPort(hostOf(request)).host.toLowerCase());
}

function redirect(request: HttpRequest, response: HttpResponse, port: number): void {
	const { host } = parseHostPort(hostOf(request));
	const name = host.includes(':') ? `[${host}]` : host;
	const path = request.url?.startsWith('/') ? request.url : '/';
	(response as ServerResponse).writeHead(308, {
		Location: `https://${name}${port === HTTPS_PORT ? '' : `:${port}`}${path}`,
		Connection: 'close',
		'Content-Length': 0,
	});
	response.end();
}
