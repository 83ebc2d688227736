import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { Template } from '../values/template.ts';

/** `root`: the folder for the steps after it. */
export function rootStep(directive: DirectiveOf<'root'>, next: Step): Step {
	const path = new Template(directive.path);
	return (site) => {
		site.root = path.evaluate(site);
		next(site);
	};
}
