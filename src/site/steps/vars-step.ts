import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { Template } from '../values/template.ts';

/** `vars` */
export function varsStep({ values }: DirectiveOf<'vars'>, next: Step): Step {
	const pairs = values.map(({ name, value }) => ({ name: new Template(name), value: new Template(value) }));
	return (site) => {
		for (const { name, value } of pairs) site.setValue(`http.vars.${name.evaluate(site)}`, value.evaluate(site));
		next(site);
	};
}
