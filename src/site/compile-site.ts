import type { AdaptedSite } from '../adapt/adapted-config.ts';
import { MAX_TARGET_LENGTH } from '../http/request-target.ts';
import type { SystemFacts } from './request-view.ts';
import { answerNothing } from './site-answers.ts';
import type { SiteParts, SiteRequest, Step } from './site-request.ts';
import { StepCompiler, type StepTools } from './site-steps.ts';
import { matchesStatus } from './status-match.ts';

/** What of a site says how requests are answered. */
export type SiteSteps = Pick<AdaptedSite, 'directives' | 'errorHandlers'>;

/** A site that is ready for requests. */
export interface CompiledSite {
	readonly parts: SiteParts;
	readonly first: Step;
}

/**
 * Compiles a site into the steps that its requests take.
 *
 * @throws CaddyfileError for what this machine cannot do, such as argon2id on an old Node
 */
export function compileSite(site: SiteSteps, tools: StepTools & { readonly system: SystemFacts }): CompiledSite {
	const compiler = new StepCompiler(tools);
	const { log, system } = tools;
	const parts = { log, system, errors: compileErrors(site, compiler) };
	return { parts, first: compiler.compile(site.directives, answerNothing) };
}

/** Lets a request take its first step. @param target in origin form; `undefined` = it has none. Never throws */
export function enterSite(request: SiteRequest, target: string | undefined, first: Step): void {
	if (target === undefined) request.fail(400, [], 'The request target is no path.');
	else if (target.length > MAX_TARGET_LENGTH) request.fail(414);
	else request.run(first);
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
