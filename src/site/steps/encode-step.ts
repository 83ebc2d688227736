import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';

/** `encode`: the platform compresses what comes after it. */
export function encodeStep(directive: DirectiveOf<'encode'>, next: Step): Step {
	return (site) => {
		site.encode(directive);
		next(site);
	};
}
