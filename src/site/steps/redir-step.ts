import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { headerValue } from '../values/header-value.ts';
import { statusTemplate } from '../values/status-template.ts';
import { Template } from '../values/template.ts';

/** `redir` */
export function redirStep({ to, status, html }: DirectiveOf<'redir'>): Step {
	if (html) return redirPage(to);
	const target = new Template(to);
	const code = statusTemplate(status);
	return (site) => site.answer(code(site), ['Location', headerValue(target.evaluate(site))], '');
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
