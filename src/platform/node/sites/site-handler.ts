import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DirectiveOf, PhpDirective } from '../../../directives/list.ts';
import type { ClientFacts } from '../../../http/client-facts.ts';
import { originForm } from '../../../http/request-target.ts';
import type { Logger } from '../../../log/logger.ts';
import { type CompiledSite, compileSite, enterSite, type SiteSteps } from '../../../site/compile-site.ts';
import type { SiteScope } from '../../../site/php/site-scope.ts';
import type { Step } from '../../../site/request/site-request.ts';
import type { ReadMetrics } from '../../../site/steps/metrics-step.ts';
import { inOneMoment } from '../files/disk-moment.ts';
import { createFileProbe } from '../http/http-file-probe.ts';
import type { HttpRequest, HttpResponse, SiteHandler } from '../http/http-messages.ts';
import { isGone } from '../http/http-response.ts';
import { HttpSiteRequest } from '../http/http-site-request.ts';
import { addressTest } from '../listeners/client-address.ts';
import { reverseProxyStep } from '../reverse-proxy/reverse-proxy-step.ts';
import { basicAuthStep } from './basic-auth-step.ts';
import { RootMemory } from './root-memory.ts';
import { createSystemFacts, nodeDisk } from './system-facts.ts';

/** What a site needs from its surroundings. */
export interface SiteOptions {
	readonly log: Logger;
	/** Absolute; relative paths of the Caddyfile belong to it. */
	readonly folder: string;
	/** Never served. */
	readonly hiddenFiles: readonly string[];
	/** The running threads of a `php_server` or `php` of this site. */
	readonly scopeOf: (directive: PhpDirective) => SiteScope;
	/** Of the whole server; missing = nobody counts. */
	readonly metrics?: ReadMetrics | undefined;
	/** What runs beside requests ends when it is aborted; missing = nothing does. */
	readonly lifetime?: AbortSignal;
}

/**
 * Makes what answers the requests of a site on this machine, from sockets or without one.
 *
 * @throws CaddyfileError for what this machine cannot do, such as argon2id on an old Node
 */
export function createSiteHandler(
	site: SiteSteps,
	{ log, folder, hiddenFiles, scopeOf, metrics, lifetime }: SiteOptions,
): SiteHandler {
	const roots = new RootMemory();
	// One for each directive, however often it is compiled: it knows how its upstreams are.
	const proxies = new Map<DirectiveOf<'reverse_proxy'>, Step>();
	const compiled = compileSite(site, {
		log,
		folder,
		hiddenFiles: hiddenFiles.flatMap((file) => bothPaths(resolve(folder, file))),
		scopeOf,
		metrics,
		system: createSystemFacts(folder),
		disk: nodeDisk,
		realRoot: (path) => roots.find(path),
		probe: createFileProbe,
		addressTest,
		basicAuth: basicAuthStep,
		reverseProxy: (directive) => {
			const proxy = proxies.get(directive) ?? reverseProxyStep(directive, log, lifetime);
			proxies.set(directive, proxy);
			return proxy;
		},
	});
	return new RunningSite(compiled);
}

/** Counts what is running, so that a server that stops can wait for it. */
class RunningSite implements SiteHandler {
	readonly #site: CompiledSite;
	#running = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(site: CompiledSite) {
		this.#site = site;
	}

	handle(request: HttpRequest, response: HttpResponse, client: ClientFacts): void {
		// Its 'close' has been emitted already.
		if (isGone(response)) return;
		this.#running++;
		const { parts, first } = this.#site;
		const target = originForm(request.url ?? '/');
		const site = new HttpSiteRequest(request, response, client, target ?? '/', parts);
		response.on('close', () => {
			site.sink?.closed();
			if (--this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
		});
		inOneMoment(() => enterSite(site, target, first));
	}

	idle(): Promise<void> {
		if (this.#running === 0) return Promise.resolve();
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}
}

/** A path as it is written, and the real one behind it. */
function bothPaths(path: string): string[] {
	try {
		return [...new Set([path, realpathSync.native(path)])];
	} catch {
		return [path];
	}
}
