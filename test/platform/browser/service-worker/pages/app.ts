import type { FrameAnswer, FrameRequest } from '../../../../../src/platform/browser/page/answer-frame.ts';

/** Aborted requests, by path. */
const aborted: string[] = [];
/** Lets `/parts` go on. */
let next = Promise.withResolvers<void>();

/** An app, in place of PHP: each path has one behaviour. */
export async function app(request: FrameRequest): Promise<FrameAnswer> {
	const { pathname, search } = new URL(request.url);
	request.signal.addEventListener('abort', () => aborted.push(pathname));
	switch (pathname) {
		case '/':
			return html(`<h1>The app</h1>`);
		case '/echo': {
			const body = request.body && new TextDecoder().decode(request.body);
			return json({ method: request.method, url: request.url, headers: Object.fromEntries(request.headers), body });
		}
		case '/login':
			return answer(302, null, { Location: '/account?x=1', 'Set-Cookie': 'user=Ada; Path=/; HttpOnly' });
		case '/account':
			return html(`cookie: ${request.headers.get('Cookie')} ${search}`);
		case '/page-with-style':
			return html('<link rel="stylesheet" href="/style.css"><p>styled</p>');
		case '/style.css':
			return answer(200, 'p { color: rgb(1, 2, 3) }', { 'Content-Type': 'text/css' });
		case '/page-with-foreign-image':
			return html(`<img src="${new URLSearchParams(search).get('src')}">`);
		case '/no-content':
			return answer(204, null, { 'X-Seen': 'yes' });
		case '/never':
			return new Promise((_resolve, reject) => {
				request.signal.addEventListener('abort', () => reject(request.signal.reason));
			});
		case '/fails':
			throw new Error('PHP has run out of memory.');
		case '/parts':
			return answer(200, parts(), { 'Content-Type': 'text/plain' });
		case '/next-part':
			next.resolve();
			return html('');
		case '/endless':
			return answer(
				200,
				endless(() => aborted.push('/endless body')),
				{ 'Content-Type': 'text/plain' },
			);
		case '/aborted':
			return json(aborted);
		case '/bytes':
			return answer(200, new Uint8Array([0, 255, 128, 10]), { 'Content-Type': 'application/octet-stream' });
		default:
			return answer(404, `the app has no ${pathname}`, {});
	}
}

function parts(): ReadableStream<Uint8Array> {
	next = Promise.withResolvers();
	let sent = 0;
	return new ReadableStream({
		async pull(controller) {
			if (sent++ === 1) await next.promise;
			if (sent > 2) return controller.close();
			controller.enqueue(new TextEncoder().encode(`part ${sent}\n`));
		},
	});
}

function endless(cancelled: () => void): ReadableStream<Uint8Array> {
	return new ReadableStream({
		pull: (controller) => controller.enqueue(new Uint8Array(1024)),
		cancel: cancelled,
	});
}

function html(content: string): FrameAnswer {
	return answer(200, `<!doctype html><body>${content}`, { 'Content-Type': 'text/html' });
}

function json(value: unknown): FrameAnswer {
	return answer(200, JSON.stringify(value), { 'Content-Type': 'application/json' });
}

function answer(status: number, body: BodyInit | null, headers: Record<string, string>): FrameAnswer {
	return { status, headers: new Headers(headers), body: new Response(body).body };
}
