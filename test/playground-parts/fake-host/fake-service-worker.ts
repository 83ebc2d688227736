/// <reference lib="webworker" />
// Isolates the page as the real one does, and answers the frame with a page of its own: for work on the page alone.
const self = globalThis as unknown as ServiceWorkerGlobalScope;

const ISOLATION = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Resource-Policy': 'same-origin',
};

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
	const { pathname, search } = new URL(event.request.url);
	const [, page, path] = /\/php\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
	if (page !== undefined) event.respondWith(answer(page, `${path}${search}`));
	else if (['document', 'iframe', 'worker'].includes(event.request.destination))
		event.respondWith(isolated(event.request));
});

async function isolated(request: Request): Promise<Response> {
	const response = await fetch(request);
	const headers = new Headers(response.headers);
	for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
	return new Response(response.body, { status: response.status, headers });
}

async function answer(page: string, url: string): Promise<Response> {
	const windows = await self.clients.matchAll({ type: 'window' });
	const { port1, port2 } = new MessageChannel();
	const answered = new Promise<string>((resolve) => {
		port1.onmessage = ({ data }) => resolve(data);
		setTimeout(() => resolve('No page answers.'), 5000);
	});
	for (const client of windows) client.postMessage({ type: 'php', page, url }, [port2]);
	return new Response(await answered, { headers: { 'Content-Type': 'text/html; charset=utf-8', ...ISOLATION } });
}
