import {
	Agent,
	type ClientRequest,
	type IncomingMessage,
	request as plainRequest,
	type RequestOptions,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { pipeline, Transform } from 'node:stream';
import type { DirectiveOf } from '../../../directives/list.ts';
import type { Upstream } from '../../../directives/reverse-proxy.ts';
import { withEarlyHeaders } from '../../../http/response-headers.ts';
import type { Logger } from '../../../log/logger.ts';
import type { SiteRequest, Step } from '../../../site/request/site-request.ts';
import { rewriteTo } from '../../../site/steps/rewrite-step.ts';
import { headerChange } from '../../../site/values/header-operations.ts';
import { cutOff, flushHead, isGone, writeHead } from '../http/http-response.ts';
import type { HttpSiteRequest } from '../http/http-site-request.ts';
import { upgradeOf } from '../listeners/upgrades.ts';
import { downHeaders, upHeaders } from './proxy-headers.ts';

/** Milliseconds: for the connection (Caddy's), and for the head of the answer. */
const DIAL_TIMEOUT = 3000;
const HEAD_TIMEOUT = 300_000;

type Config = DirectiveOf<'reverse_proxy'>;

/** One try to have a request answered by an upstream. */
interface Attempt {
	readonly site: HttpSiteRequest;
	readonly upstream: Upstream;
	readonly options: RequestOptions;
	readonly hasBody: boolean;
}

/**
 * `reverse_proxy`, by Node's own client: the known libraries (http-proxy-3, httpxy) wrap it, and what they add to it, rules
 * for headers, are Caddy's here.
 */
export function reverseProxyStep(config: Config, log: Logger): Step {
	const proxy = new ReverseProxy(config, log);
	return (site) => proxy.answer(site as HttpSiteRequest);
}

class ReverseProxy {
	readonly #config: Config;
	readonly #log: Logger;
	readonly #agents: { readonly plain: Agent; readonly secure: SecureAgent };
	readonly #rewrite: ReturnType<typeof rewriteTo> | undefined;
	readonly #changeUp: ReturnType<typeof headerChange>;
	readonly #changeDown: ReturnType<typeof headerChange>;
	#turn = 0;

	constructor(config: Config, log: Logger) {
		this.#config = config;
		this.#log = log;
		const rejectUnauthorized = !config.insecure;
		this.#agents = {
			plain: new Agent({ keepAlive: true }),
			secure: new SecureAgent({ keepAlive: true, rejectUnauthorized }),
		};
		this.#rewrite = config.rewrite === undefined ? undefined : rewriteTo(config.rewrite);
		this.#changeUp = headerChange(config.headerUp);
		this.#changeDown = headerChange(config.headerDown);
	}

	answer(site: HttpSiteRequest): void {
		const upstream = this.#choose(site);
		const { to, secure } = upstream;
		const hostPort = 'socket' in to ? to.socket : `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
		site.setValue('http.reverse_proxy.upstream.hostport', hostPort);
		site.setValue('http.reverse_proxy.upstream.address', hostPort);
		site.setValue('http.reverse_proxy.upstream.host', 'socket' in to ? '' : to.host);
		site.setValue('http.reverse_proxy.upstream.port', 'socket' in to ? '' : String(to.port));
		const { headers, hasBody } = upHeaders(site);
		this.#changeUp(headers, site);
		const uri = this.#rewrite?.(site) ?? site.uri;
		const options: RequestOptions = {
			...('socket' in to ? { socketPath: to.socket } : to),
			method: this.#config.method ?? site.method,
			path: uri.target,
			headers,
			setHost: false,
			agent: secure ? this.#agents.secure : this.#agents.plain,
			// The name that the certificate has to have; none for an address.
			...(secure && 'host' in to && !/^[\d.]+$|:/.test(to.host) && { servername: to.host }),
		};
		this.#ask({ site, upstream, options, hasBody });
	}

	#choose({ client }: SiteRequest): Upstream {
		const { upstreams, policy } = this.#config;
		const last = upstreams.length;
		let index = 0;
		if (policy === 'random') index = Math.floor(Math.random() * last);
		else if (policy === 'round_robin') index = this.#turn++ % last;
		else if (policy === 'ip_hash') {
			for (const char of client.remoteAddress) index = (Math.imul(index, 31) + char.charCodeAt(0)) >>> 0;
			index %= last;
		}
		return upstreams[index] as Upstream;
	}

	#ask(attempt: Attempt, isRetry = false): void {
		const { site, upstream, options, hasBody } = attempt;
		const upgrade = upgradeOf(site.request);
		const asked = (upstream.secure ? secureRequest : plainRequest)(options);
		let answered = false;
		const { dialTimeout = DIAL_TIMEOUT, responseHeaderTimeout = HEAD_TIMEOUT } = this.#config;
		const deadline = new Deadline(asked, dialTimeout, responseHeaderTimeout);
		asked.on('response', (answer) => {
			answered = true;
			deadline.end();
			this.#relay(site, answer);
		});
		asked.on('upgrade', (answer, socket, head) => {
			answered = true;
			deadline.end();
			if (upgrade === undefined) socket.destroy();
			else upgrade.join(downHeaders(answer.rawHeaders, true), socket, head);
		});
		asked.on('error', (error: NodeJS.ErrnoException) => {
			deadline.end();
			if (answered || isGone(site.response)) return;
			// A connection that was kept, and that the other side has closed meanwhile.
			if (asked.reusedSocket && error.code === 'ECONNRESET' && !hasBody && !isRetry) {
				this.#ask(attempt, true);
				return;
			}
			const status = deadline.hasPassed ? 504 : 502;
			const uri = site.target;
			this.#log.error(
				`The upstream ${String(site.value('http.reverse_proxy.upstream.hostport'))} does not answer: ${error.message}`,
				{ uri },
			);
			site.run(() => site.fail(status, [], error.message));
		});
		site.response.once('close', () => asked.destroy());
		this.#sendBody(attempt, asked);
	}

	#sendBody({ site, hasBody }: Attempt, asked: ClientRequest): void {
		if (!hasBody) {
			asked.end();
			return;
		}
		const limit = site.bodyLimit ?? Number.POSITIVE_INFINITY;
		let received = 0;
		const counted = new Transform({
			transform(chunk: Uint8Array, _encoding, done) {
				received += chunk.byteLength;
				if (received <= limit) done(null, chunk);
				else {
					site.run(() => site.fail(413));
					done(new Error('The body is larger than request_body allows'));
				}
			},
		});
		// Whatever goes wrong is told by the request to the upstream, or by the response to the client.
		pipeline(site.request, counted, asked, () => {});
	}

	#relay(site: HttpSiteRequest, answer: IncomingMessage): void {
		const { response } = site;
		if (isGone(response)) {
			answer.destroy();
			return;
		}
		const headers = downHeaders(answer.rawHeaders, false);
		this.#changeDown(headers, site);
		try {
			writeHead(
				response,
				answer.statusCode ?? 502,
				answer.statusMessage || undefined,
				withEarlyHeaders(site.earlyHeaders, headers),
			);
		} catch (error) {
			answer.destroy();
			site.run(() => site.fail(502, [], String(error)));
			return;
		}
		// What streams may be silent for a long time; with what comes at once, the head needs no packet of its own.
		setImmediate(flushHead, response);
		pipeline(answer, response as NodeJS.WritableStream, (error) => {
			if (error) cutOff(response);
		});
	}
}

/** First for the connection, then for the head of the answer. */
class Deadline {
	#timer: NodeJS.Timeout | undefined;
	hasPassed = false;

	constructor(asked: ClientRequest, dial: number, head: number) {
		const start = (milliseconds: number): void => {
			clearTimeout(this.#timer);
			if (milliseconds === 0) return;
			this.#timer = setTimeout(() => {
				this.hasPassed = true;
				asked.destroy(new Error(`nothing came within ${milliseconds} ms`));
			}, milliseconds);
		};
		start(dial);
		asked.once('socket', (socket) => {
			if (socket.connecting) socket.once('connect', () => start(head));
			else start(head);
		});
	}

	end(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}
