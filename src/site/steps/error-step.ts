import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { statusTemplate } from '../values/status-template.ts';
import { Template } from '../values/template.ts';

/** `error` */
export function errorStep({ status, message }: DirectiveOf<'error'>): Step {
	const text = new Template(message, 'keep');
	const code = statusTemplate(status);
	return (site) => site.fail(code(site), [], text.evaluate(site));
}
