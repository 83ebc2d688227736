import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AdaptedSite } from '../../../caddyfile/config.ts';
import type { ClientFacts } from '../../../http/client-facts.ts';
import { MAX_TARGET_LENGTH, originForm } from '../../../http/request-target.ts';
import { matchesStatus } from '../../../http/site/status-match.ts';
import type { Logger } from '../../../log/logger.ts';
import type { HttpRequest, HttpResponse, SiteHandler } from '../http/http-messages.ts';
import { isGone } from '../http/http-response.ts';
import { answerNothing } from './site-answers.ts';
import type { PhpDirective, SiteScope } from './site-php.ts';
import { type SiteParts, SiteRequest, type Step } from './site-request.ts';
import { StepCompiler } from './site-steps.ts';
import { createSystemFacts } from './system-facts.ts';

export type { SiteScope } from './site-php.ts';

/** What a site needs from its surroundings. */
export interface SiteOptions {
	readonly log: Logger;
	/** Absolute; relative paths of the Caddyfile belong to it. */
	readonly folder: string;
	/** Never served. */
	readonly hiddenFiles: readonly string[];
	/** The running threads of a `php_server` or `php` of this site. */
	scopeOf(directive: PhpDirective): SiteScope;
}

/** What of a site says how requests are answered. */
export type SiteSteps = Pick<AdaptedSite, 'directives' | 'errorHandlers'>;

/**
 * Compiles a site into the steps that its requests take.
 *
 * @throws CaddyfileError for what this machine cannot do, such as argon2id on an old Node
 */
export function createSiteHandler(site: SiteSteps, options: SiteOptions): SiteHandler {
	const { log, folder } = options;
	const hiddenFiles = options.hiddenFiles.flatMap((file) => bothPaths(resolve(folder, file)));
	const compiler = new StepCompiler({ log, folder, hiddenFiles, scopeOf: (directive) => options.scopeOf(directive) });
	const parts: SiteParts = {
		log,
		system: createSystemFacts(folder),
		errors: compileErrors(site, compiler),
	};
	return new CompiledSite(compiler.compile(site.directives, answerNothing), parts);
}

/** Counts what is running, so that a server that stops can wait for it. */
class CompiledSite implements SiteHandler {
	readonly #first: Step;
	readonly #parts: SiteParts;
	#running = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(first: Step, parts: SiteParts) {
		this.#first = first;
		this.#parts = parts;
	}

	handle(request: HttpRequest, response: HttpResponse, client: ClientFacts): void {
		// Its 'close' has been emitted already.
		if (isGone(response)) return;
		this.#running++;
		const target = originForm(request.url ?? '/');
		const site = new SiteRequest(request, response, client, target ?? '/', this.#parts);
		response.on('close', () => {
			site.exchange?.closed();
			if (--this.#running === 0) for (const resolve of this.#waiting.splice(0)) resolve();
		});
		if (target === undefined) site.fail(400, [], 'The request target is no path.');
		else if (target.length > MAX_TARGET_LENGTH) site.fail(414);
		else site.run(this.#first);
	}

	idle(): Promise<void> {
		if (this.#running === 0) return Promise.resolve();
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}
}

/** `handle_errors`: the first for the status that answers; else one line. */
function compileErrors({ errorHandlers, directives }: SiteSteps, compiler: StepCompiler): Step {
	let next: Step = (site) => site.answerError();
	for (const { statuses, directives: steps } of errorHandlers.toReversed()) {
		const skip = next;
		const handler = compiler.compile(steps, skip, StepCompiler.rootOf(directives));
		next = (site) => (matchesStatus(statuses, site.error?.status ?? 500) ? handler(site) : skip(site));
	}
	return next;
}

/** A path as it is written, and the real one behind it. */
function bothPaths(path: string): string[] {
	try {
		return [...new Set([path, realpathSync.native(path)])];
	} catch {
		return [path];
	}
}
