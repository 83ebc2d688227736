import type { AdaptedDirective } from '../directives/list.ts';
import { fileTest } from './file-match.ts';
import { requestTest } from './matchers.ts';
import type { PhpResponder } from './php-responder.ts';
import { rewriteTo } from './rewrite.ts';
import { errorStep, redirStep, respondStep } from './site-answers.ts';
import { fileServerStep } from './site-files.ts';
import { headerStep } from './site-headers.ts';
import { createResponder, type PhpDirective, type PhpTools, phpStep, type SiteScope } from './site-php.ts';
import type { Step } from './site-request.ts';
import { Template } from './template.ts';
import { type ChangeUri, stripPrefix, uriChange } from './uri-changes.ts';

type Of<T extends AdaptedDirective['type']> = Extract<AdaptedDirective, { type: T }>;

/** Of each group only the first directive of a list that matches applies. */
const GROUPS: Readonly<Record<string, number>> = { root: 1, rewrite: 2, handle: 4, handle_path: 4 };
const ALL_GROUPS = 8;

/** What compiling needs from its surroundings. */
export interface StepTools extends PhpTools {
	/** The threads behind a directive. */
	readonly scopeOf: (directive: PhpDirective) => SiteScope;
	/** How this platform compares passwords. @throws CaddyfileError for a hash that is none, or that cannot be compared */
	readonly basicAuth: (directive: Of<'basic_auth'>, next: Step) => Step;
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
			case 'root': {
				const path = new Template(directive.path);
				return (site) => {
					site.root = path.evaluate(site);
					next(site);
				};
			}
			case 'rewrite':
				return changeUri(rewriteTo(directive.to), next);
			case 'uri':
				return changeUri(uriChange(directive.change), next);
			case 'try_files':
				return this.#tryFiles(directive, next);
			case 'request_body':
				return limitBody(directive, next);
			case 'basic_auth':
				return this.#tools.basicAuth(directive, next);
			case 'header':
				return headerStep(directive, next);
			case 'encode':
				return (site) => {
					site.encode(directive);
					next(site);
				};
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
				return changeUri(stripPrefix(directive.stripPrefix), this.compile(directive.directives, next, root));
			case 'php':
			case 'php_server':
				return phpStep(directive, this.#responder(directive, root), next, this.#tools);
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

	/** Files with a query of their own need a rewrite of their own; the first file that is there counts. */
	#tryFiles({ files, policy }: Of<'try_files'>, next: Step): Step {
		const groups: { files: string[]; query: string }[] = [];
		for (const file of files) {
			const mark = file.replace(/\{[^{}]*\}/g, (name) => name.replaceAll('?', '_')).indexOf('?');
			const last = groups.at(-1);
			if (mark >= 0) groups.push({ files: [file.slice(0, mark)], query: file.slice(mark) });
			else if (last?.query === '') last.files.push(file);
			else groups.push({ files: [file], query: '' });
		}
		const attempts = groups.map(({ files: tryFiles, query }) => ({
			test: fileTest({ tryFiles, tryPolicy: policy }, this.#tools),
			change: rewriteTo(`{http.matchers.file.relative}${query}`),
		}));
		return (site) => {
			const found = attempts.find(({ test }) => test(site));
			if (found !== undefined) site.rewrite(found.change(site));
			next(site);
		};
	}
}

function changeUri(change: ChangeUri, next: Step): Step {
	return (site) => {
		site.rewrite(change(site));
		next(site);
	};
}

/** An announced body is refused at once, another one as soon as too much of it has come. */
function limitBody({ maxSize = 0 }: Of<'request_body'>, next: Step): Step {
	if (maxSize === 0) return next;
	return (site) => {
		const announced = Number(site.headerValues('content-length')[0] ?? 0);
		if (announced > maxSize && site.error === undefined) {
			site.fail(413);
			return;
		}
		site.bodyLimit = Math.min(site.bodyLimit ?? maxSize, maxSize);
		next(site);
	};
}
