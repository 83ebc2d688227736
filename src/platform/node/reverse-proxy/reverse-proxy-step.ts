import type { ClientRequest, IncomingMessage } from 'node:http';
import { pipeline, Transform } from 'node:stream';
import type { DirectiveOf } from '../../../directives/list.ts';
import { withEarlyHeaders } from '../../../http/response-headers.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Step } from '../../../site/request/site-request.ts';
import { rewriteTo } from '../../../site/steps/rewrite-step.ts';
import { headerChange } from '../../../site/values/header-operations.ts';
import { matchesStatus } from '../../../site/values/status-match.ts';
import { cutOff, flushHead, isGone, writeHead } from '../http/http-response.ts';
import type { HttpSiteRequest } from '../http/http-site-request.ts';
import { upgradeOf } from '../http/http-upgrade.ts';
import { type AskUpstream, upstreamClient } from './ask-upstream.ts';
import { type ChooseUpstream, chooseUpstream } from './choose-upstream.ts';
import { Deadline } from './deadline.ts';
import { checkHealth } from './health-checks.ts';
import { downHeaders, upHeaders } from './proxy-headers.ts';
import { mayTryAgain, type ProxyFailure, type Round } from './retries.ts';
import { UpstreamState } from './upstream-state.ts';

/** Milliseconds: for the connection (Caddy's), and for the head of the answer. */
const DIAL_TIMEOUT = 3000;
const HEAD_TIMEOUT = 300_000;

type Config = DirectiveOf<'reverse_proxy'>;

/**
 * `reverse_proxy`, by Node's own client: the known libraries (http-proxy-3, httpxy) wrap it, and what they add to it, rules
 * for headers, are Caddy's here.
 *
 * @param lifetime aborted = upstreams are asked no more how they are; `undefined` = they never are
 */
export function reverseProxyStep(config: Config, log: Logger, lifetime?: AbortSignal): Step {
	const proxy = new ReverseProxy(config, log, lifetime);
	return (site) => proxy.answer(site as HttpSiteRequest);
}

class ReverseProxy {
	readonly #config: Config;
	readonly #log: Logger;
	readonly #lifetime: AbortSignal | undefined;
	readonly #ask: AskUpstream;
	readonly #choose: ChooseUpstream;
	readonly #rewrite: ReturnType<typeof rewriteTo> | undefined;
	readonly #changeUp: ReturnType<typeof headerChange>;
	readonly #changeDown: ReturnType<typeof headerChange>;

	constructor(config: Config, log: Logger, lifetime: AbortSignal | undefined) {
		this.#config = config;
		this.#log = log;
		this.#lifetime = lifetime;
		this.#ask = upstreamClient(config, lifetime);
		this.#rewrite = config.rewrite === undefined ? undefined : rewriteTo(config.rewrite);
		this.#changeUp = headerChange(config.headerUp);
		this.#changeDown = headerChange(config.headerDown);
		const states = config.upstreams.map((upstream) => new UpstreamState(upstream, config.passive));
		this.#choose = chooseUpstream(config.policy, states);
		if (config.active !== undefined && lifetime !== undefined) {
			checkHealth(states, config.active, this.#ask, log, lifetime);
		}
	}

	answer(site: HttpSiteRequest): void {
		const round: Round = { site, start: performance.now(), retries: 0, bodySent: false };
		site.response.once('close', () => round.asked?.destroy());
		this.#next(round);
	}

	/** Asks the upstream whose turn it is. */
	#next(round: Round): void {
		const { site } = round;
		const state = this.#choose(site);
		if (state === undefined) {
			this.#failed(round, { status: 503, message: 'No upstream is available.', kind: 'nobody' });
			return;
		}
		const { to } = state.upstream;
		site.setValue('http.reverse_proxy.upstream.hostport', state.address);
		site.setValue('http.reverse_proxy.upstream.address', state.address);
		site.setValue('http.reverse_proxy.upstream.host', 'socket' in to ? '' : to.host);
		site.setValue('http.reverse_proxy.upstream.port', 'socket' in to ? '' : String(to.port));
		this.#try(round, state);
	}

	#try(round: Round, state: UpstreamState, isRepeated = false): void {
		const { site } = round;
		const { dialTimeout = DIAL_TIMEOUT, responseHeaderTimeout = HEAD_TIMEOUT } = this.#config;
		const { headers, hasBody } = upHeaders(site);
		this.#changeUp(headers, site);
		const asked = this.#ask(state.upstream, {
			method: this.#config.method ?? site.method,
			path: (this.#rewrite?.(site) ?? site.uri).target,
			headers,
		});
		round.asked = asked;
		state.requests++;
		asked.once('close', () => state.requests--);
		let answered = false;
		const began = performance.now();
		const deadline = new Deadline(asked, state.upstream.secure, dialTimeout, responseHeaderTimeout, () => {
			if (!hasBody) return;
			round.bodySent = true;
			this.#sendBody(site, asked);
		});
		asked.on('response', (answer) => {
			answered = true;
			deadline.end();
			this.#judge(state, answer.statusCode ?? 0, performance.now() - began);
			this.#relay(site, answer);
		});
		asked.on('upgrade', (answer, socket, head) => {
			answered = true;
			deadline.end();
			const upgrade = upgradeOf(site.request);
			if (upgrade === undefined) socket.destroy();
			else {
				state.requests++;
				socket.once('close', () => state.requests--);
				upgrade.join(downHeaders(answer.rawHeaders, true), socket, head);
			}
		});
		asked.on('error', (error: NodeJS.ErrnoException) => {
			deadline.end();
			if (answered || isGone(site.response)) return;
			// A connection that was kept, and that the other side has closed meanwhile.
			if (asked.reusedSocket && error.code === 'ECONNRESET' && !hasBody && !isRepeated) {
				this.#try(round, state, true);
				return;
			}
			state.countFailure();
			const { message } = error;
			const kind = deadline.isConnected ? 'answer' : 'dial';
			this.#failed(round, { status: deadline.hasPassed ? 504 : 502, message, kind, address: state.address });
		});
		if (!hasBody) asked.end();
	}

	/** Asks another upstream if that is wanted, and does no harm. */
	#failed(round: Round, failure: ProxyFailure): void {
		const { site } = round;
		const { message, status, address } = failure;
		const wait = this.#lifetime?.aborted ? undefined : mayTryAgain(round, failure, this.#config);
		if (wait === undefined) {
			const what = address === undefined ? message : `The upstream ${address} does not answer: ${message}`;
			this.#log.error(what, { uri: site.target, ...(round.retries > 0 && { retries: round.retries }) });
			site.run(() => site.fail(status, [], message));
			return;
		}
		round.retries++;
		this.#log.debug(`Another upstream is asked: ${message}`, {
			uri: site.target,
			...(address && { upstream: address }),
		});
		const again = (): void => {
			if (!isGone(site.response)) site.run(() => this.#next(round));
		};
		if (wait === 0) setImmediate(again);
		else setTimeout(again, wait);
	}

	/** Some answers are failures. */
	#judge(state: UpstreamState, status: number, time: number): void {
		const { statuses, latency = Number.POSITIVE_INFINITY } = this.#config.passive;
		if (time >= latency || (statuses.length > 0 && matchesStatus(statuses, status))) state.countFailure();
	}

	#sendBody(site: HttpSiteRequest, asked: ClientRequest): void {
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
