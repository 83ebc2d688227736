import { setIsolation } from './isolation-headers.ts';

/**
 * An answer in place of the app's: what happened, what to do, and the way back.
 *
 * @param back URL of the page that runs apps
 */
export function errorPage(status: number, title: string, sentence: string, back: string): Response {
	const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>
	:root { color-scheme: light dark; background: Canvas; font: 16px/1.5 system-ui, sans-serif }
	body { max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem }
	h1 { font-size: 1.25rem }
</style>
<h1>${escaped(title)}</h1>
<p>${escaped(sentence)}</p>
<p><a href="${escaped(back)}" target="_top">Open the playground</a></p>
`;
	const headers = new Headers({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
	setIsolation(headers);
	return new Response(html, { status, headers });
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
