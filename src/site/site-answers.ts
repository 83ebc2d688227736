import type { AdaptedDirective } from '../directives/list.ts';
import { fieldValues, hasField } from './header-operations.ts';
import { headerValue } from './header-value.ts';
import { HttpFailure } from './http-failure.ts';
import type { SiteRequest, Step } from './site-request.ts';
import { parseStatus } from './status-match.ts';
import { Template } from './template.ts';

type Of<T extends AdaptedDirective['type']> = Extract<AdaptedDirective, { type: T }>;

/** `respond`: a text, typed as JSON if it is that. */
export function respondStep({ status, body, close }: Of<'respond'>, next: Step): Step {
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

/** `redir` */
export function redirStep({ to, status, html }: Of<'redir'>): Step {
	if (html) return redirPage(to);
	const target = new Template(to);
	const code = statusTemplate(status);
	return (site) => site.answer(code(site), ['Location', headerValue(target.evaluate(site))], '');
}

/** `error` */
export function errorStep({ status, message }: Of<'error'>): Step {
	const text = new Template(message, 'keep');
	const code = statusTemplate(status);
	return (site) => site.fail(code(site), [], text.evaluate(site));
}

/** Nobody has answered: as in Caddy, that is an empty answer and no error. */
export const answerNothing: Step = (site) => site.answer(200, [], '');

/** A status as written, or as a placeholder says. @throws HttpFailure when it is none */
export function statusTemplate(status: number | string): (site: SiteRequest) => number {
	if (typeof status === 'number') return () => status;
	const template = new Template(status);
	return (site) => {
		const code = parseStatus(template.evaluate(site));
		if (code === undefined) throw new HttpFailure(500, `${status} is no status.`);
		return code;
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

/** Browsers go on by themselves, other clients see a page. */
function redirPage(to: string): Step {
	const target = new Template(to, 'keep');
	return (site) => {
		const url = escapeHtml(target.evaluate(site));
		const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Redirecting…</title>
<meta http-equiv="refresh" content="0; URL='${url}'">
</head>
<body>Redirecting to <a href="${url}">${url}</a>…</body>
</html>
`;
		site.answer(200, ['Content-Type', 'text/html; charset=utf-8'], body);
	};
}

function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
