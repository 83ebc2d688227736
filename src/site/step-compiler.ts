import type { AdaptedDirective, DirectiveOf, PhpDirective } from '../directives/list.ts';
import { type MatcherTools, requestTest } from './matching/request-test.ts';
import type { PhpResponder } from './php/php-responder.ts';
import type { SiteScope } from './php/site-scope.ts';
import type { Step } from './request/site-request.ts';
import { encodeStep } from './steps/encode-step.ts';
import { errorStep } from './steps/error-step.ts';
import { fileServerStep } from './steps/file-server-step.ts';
import { headerStep } from './steps/header-step.ts';
import { interceptStep } from './steps/intercept-step.ts';
import { logSkipStep } from './steps/log-skip-step.ts';
import { mapStep } from './steps/map-step.ts';
import { metricsStep, type ReadMetrics } from './steps/metrics-step.ts';
import { createResponder, type PhpTools, phpServerStep } from './steps/php-server-step.ts';
import { redirStep } from './steps/redir-step.ts';
import { requestBodyStep } from './steps/request-body-step.ts';
import { requestHeaderStep } from './steps/request-header-step.ts';
import { respondStep } from './steps/respond-step.ts';
import { rewriteStep } from './steps/rewrite-step.ts';
import { rootStep } from './steps/root-step.ts';
import { tryFilesStep } from './steps/try-files-step.ts';
import { handlePathStep, uriStep } from './steps/uri-step.ts';
import { varsStep } from './steps/vars-step.ts';

/** Of each group only the first directive of a list that matches applies. */
const GROUPS: Readonly<Record<string, number>> = { root: 1, rewrite: 2, handle: 4, handle_path: 4 };
const ALL_GROUPS = 8;

/** What compiling needs from its surroundings. */
export interface StepTools extends PhpTools, MatcherTools {
	/** The threads behind a directive. */
	readonly scopeOf: (directive: PhpDirective) => SiteScope;
	/** How this platform asks other servers. */
	readonly reverseProxy: (directive: DirectiveOf<'reverse_proxy'>) => Step;
	/** Of the whole server. */
	readonly metrics?: ReadMetrics | undefined;
	/** How this platform compares passwords. @throws CaddyfileError for a hash that is none, or that cannot be compared */
	readonly basicAuth: (directive: DirectiveOf<'basic_auth'>, next: Step) => Step;
}

/** Turns directives into steps, once per site. A step knows what comes after it, so a request needs no list of its own. */
export class StepCompiler {
	readonly #tools: StepTools;
	/** One for each directive, however often it is compiled. */
	readonly #responders = new Map<PhpDirective, PhpResponder>();

	constructor(tools: StepTools) {
		this.#tools = tools;
	}

	/**
	 * @param next what comes after the list
	 * @param outerRoot of the lists around it, as written
	 * @throws CaddyfileError for what this machine cannot do
	 */
	compile(directives: readonly AdaptedDirective[], next: Step, outerRoot?: string): Step {
		const root = StepCompiler.rootOf(directives) ?? outerRoot;
		// From the end, without recursion: a list may be long. What comes after a directive depends on which groups have
		// had theirs by then, so there is one step for each set of groups that can have been reached.
		const reached = [0];
		for (const { type } of directives) reached.push((reached.at(-1) as number) | (GROUPS[type] ?? 0));
		let after = new Array<Step>(ALL_GROUPS).fill(next);
		for (let index = directives.length - 1; index >= 0; index--) {
			const directive = directives[index] as AdaptedDirective;
			const before = reached[index] as number;
			const rest = after;
			after = rest.map((skip, taken) => ((taken & ~before) === 0 ? this.#guarded(directive, taken, rest, root) : skip));
		}
		return after[0] ?? next;
	}

	/** The site's own root, as written. */
	static rootOf(directives: readonly AdaptedDirective[]): string | undefined {
		return directives.find((each) => each.type === 'root')?.path;
	}

	/** A directive behind its matcher. @param rest what comes after it, by the groups that have had their directive */
	#guarded(directive: AdaptedDirective, taken: number, rest: readonly Step[], root: string | undefined): Step {
		const group = GROUPS[directive.type] ?? 0;
		const skip = rest[taken] as Step;
		if ((group & taken) !== 0) return skip;
		const test = requestTest(directive.matcher, this.#tools);
		const step = this.#step(directive, rest[taken | group] as Step, root);
		return test === undefined ? step : (site) => (test(site) ? step(site) : skip(site));
	}

	#step(directive: AdaptedDirective, next: Step, root: string | undefined): Step {
		switch (directive.type) {
			case 'root':
				return rootStep(directive, next);
			case 'rewrite':
				return rewriteStep(directive, next);
			case 'uri':
				return uriStep(directive, next);
			case 'try_files':
				return tryFilesStep(directive, next, this.#tools);
			case 'request_body':
				return requestBodyStep(directive, next);
			case 'basic_auth':
				return this.#tools.basicAuth(directive, next);
			case 'map':
				return mapStep(directive, next);
			case 'vars':
				return varsStep(directive, next);
			case 'log_skip':
				return logSkipStep(next);
			case 'request_header':
				return requestHeaderStep(directive, next);
			case 'header':
				return headerStep(directive, next);
			case 'encode':
				return encodeStep(directive, next);
			case 'metrics':
				return metricsStep(this.#tools.metrics);
			case 'reverse_proxy':
				return this.#tools.reverseProxy(directive);
			case 'intercept':
				return interceptStep(directive.handlers, next, ({ directives = [] }, rest) =>
					this.compile(directives, rest, root),
				);
			case 'redir':
				return redirStep(directive);
			case 'respond':
				return respondStep(directive, next);
			case 'error':
				return errorStep(directive);
			case 'file_server':
				return fileServerStep(directive, next, this.#tools);
			case 'handle':
			case 'route':
				return this.compile(directive.directives, next, root);
			case 'handle_path':
				return handlePathStep(directive, this.compile(directive.directives, next, root));
			case 'php':
			case 'php_server':
				return phpServerStep(directive, this.#responder(directive, root), next, this.#tools);
		}
	}

	#responder(directive: PhpDirective, root: string | undefined): PhpResponder {
		let responder = this.#responders.get(directive);
		if (responder === undefined) {
			responder = createResponder(directive, this.#tools.scopeOf(directive), root, this.#tools);
			this.#responders.set(directive, responder);
		}
		return responder;
	}
}
