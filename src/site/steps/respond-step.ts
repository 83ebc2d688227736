import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { fieldValues, hasField } from '../values/header-operations.ts';
import { statusTemplate } from '../values/status-template.ts';
import { Template } from '../values/template.ts';

/** `respond`: a text, typed as JSON if it is that. */
export function respondStep({ status, body, close }: DirectiveOf<'respond'>, next: Step): Step {
	const text = new Template(body, 'keep');
	const code = status === undefined ? undefined : statusTemplate(status);
	return (site) => {
		// While an error is handled, its status is the one to tell.
		const chosen = code === undefined ? (site.error?.status ?? 200) : code(site);
		if (chosen === 103) {
			const links = fieldValues(site.earlyHeaders ?? [], 'link');
			if (links.length > 0) site.sendEarlyHints(links);
			next(site);
			return;
		}
		const content = text.evaluate(site);
		const headers = close ? ['Connection', 'close'] : [];
		if (content !== '' && !hasField(site.earlyHeaders ?? [], 'content-type')) {
			headers.push('Content-Type', isJson(content) ? 'application/json' : 'text/plain; charset=utf-8');
		}
		site.answer(chosen, headers, content);
	};
}

function isJson(text: string): boolean {
	const content = text.trim();
	if (content.length <= 2 || !/^(?:\{.*\}|\[.*\])$/s.test(content)) return false;
	try {
		JSON.parse(content);
		return true;
	} catch {
		return false;
	}
}
