import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file on the host: its content, and headers beyond the Content-Type. */
export type HostedFile = { readonly content: string | Uint8Array; readonly headers?: Readonly<Record<string, string>> };

/** A plain static host, as bare as they come: it knows no special headers. */
export interface StaticHost extends AsyncDisposable {
	/** URL of the folder in which the files lie, with a slash at its end. */
	readonly url: string;
	/** By path below the folder; `''` is its index. Tests change them as a new version of a page does. */
	readonly files: Map<string, HostedFile>;
	/** Paths below the folder that were asked for, in order. */
	readonly asked: string[];
	/** Sent with everything. */
	headers: Readonly<Record<string, string>>;
	/** Answers nothing while it is set. */
	hangs: boolean;
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm', css: 'text/css' };

/** Serves files below `/some/path/` on a free port of 127.0.0.1. */
export async function openStaticHost(files: Map<string, HostedFile>): Promise<StaticHost> {
	const folder = '/some/path/';
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? '/', 'http://host');
		const path = pathname.startsWith(folder) ? pathname.slice(folder.length) : pathname;
		host.asked.push(path);
		if (host.hangs) return;
		const file = host.files.get(path);
		const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'text/html; charset=utf-8';
		response.writeHead(file ? 200 : 404, { 'Content-Type': type, ...host.headers, ...file?.headers });
		response.end(file?.content ?? 'The host has no such file.');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`,
		files,
		asked: [] as string[],
		headers: {},
		hangs: false,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return host;
}
