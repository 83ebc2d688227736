import { fullName } from '../../caddyfile/shorthands.ts';
import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { expandGroups } from '../values/regexp-replace.ts';
import type { RequestView } from '../values/request-view.ts';
import { Template } from '../values/template.ts';

/** What a destination becomes; `undefined` = the line is not for this input, or says nothing of it. */
type Output = (input: string, request: RequestView) => string | undefined;

/** `map` */
export function mapStep({ source, destinations, mappings, defaults }: DirectiveOf<'map'>, next: Step): Step {
	const from = new Template(source);
	const values = destinations.map((name, place) => {
		const outputs = mappings.map((mapping) => outputOf(mapping, place));
		const otherwise = defaults && new Template(defaults[place] ?? '');
		const get = (request: RequestView): string | undefined => {
			const input = from.evaluate(request);
			for (const output of outputs) {
				const found = output(input, request);
				if (found !== undefined) return found;
			}
			return otherwise?.evaluate(request) ?? '';
		};
		return { name: fullName(name), get };
	});
	return (site) => {
		for (const { name, get } of values) site.setLazyValue(name, get);
		next(site);
	};
}

function outputOf({ input, outputs }: DirectiveOf<'map'>['mappings'][number], place: number): Output {
	const written = outputs[place] ?? undefined;
	if (written === undefined) return () => undefined;
	if ('text' in input) {
		const output = new Template(written);
		return (text, request) => (text === input.text ? output.evaluate(request) : undefined);
	}
	const expression = new RegExp(input.pattern);
	return (text) => {
		const found = expression.exec(text);
		return found === null ? undefined : expandGroups(written, found, found.groups ?? {});
	};
}
