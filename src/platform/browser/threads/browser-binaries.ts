import type { PhpVersion } from '../../../config/values.ts';
import { type AssetNames, isHashed } from './asset-names.ts';

/** What every PHP thread is booted from. It can be posted to web workers. */
export type PhpBinaries = {
	readonly version: PhpVersion;
	readonly module: WebAssembly.Module;
	readonly extension: Uint8Array;
	readonly ini: string;
	/** URL of the library that terminates PHP's TLS; loaded when needed. */
	readonly tls: string;
};

/** How far the start has got. Bytes; `total` 0 = unknown. */
export type StartProgress =
	| { readonly step: 'download'; readonly loaded: number; readonly total: number }
	| { readonly step: 'compile' }
	| { readonly step: 'threads'; readonly ready: number; readonly total: number }
	| { readonly step: 'ready' };

const WASM_TYPE = 'application/wasm';

const cache = new Map<string, Promise<PhpBinaries>>();
const brought = new Set<string>();

/** URLs of the files that PHP was made from on this thread so far, wherever they came from. */
export function broughtFiles(): string[] {
	return [...brought];
}

/**
 * Downloads and compiles PHP, once per version and thread of the browser. Any thread.
 * @throws Error with a sentence when a file is missing
 */
export function loadPhpBinaries(
	base: URL,
	names: AssetNames,
	version: PhpVersion,
	onProgress: (progress: StartProgress) => void,
): Promise<PhpBinaries> {
	const key = `${base} ${version}`;
	const cached = cache.get(key);
	if (cached !== undefined) return cached;
	const loading = load(base, names, version, onProgress);
	cache.set(key, loading);
	loading.catch(() => cache.delete(key));
	return loading;
}

async function load(
	base: URL,
	names: AssetNames,
	version: PhpVersion,
	onProgress: (progress: StartProgress) => void,
): Promise<PhpBinaries> {
	const urlOf = (asset: string): URL => assetUrl(base, names, asset);
	const [module, extension, ini] = await Promise.all([
		bringModule(urlOf(`php-${version}.wasm`), onProgress),
		bring(urlOf(`frankenphp-${version}.so`)).then((response) => response.arrayBuffer()),
		bring(urlOf('php.ini')).then((response) => response.text()),
	]);
	return { version, module, extension: new Uint8Array(extension), ini, tls: urlOf('tls.js').href };
}

/** Where the script of a PHP thread lies: one file for each PHP version, because each has glue code of its own. */
export function threadScript(base: URL, names: AssetNames, version: PhpVersion): URL {
	return assetUrl(base, names, `php-thread-${version}.js`);
}

function assetUrl(base: URL, names: AssetNames, asset: string): URL {
	return new URL(names[asset] ?? asset, base);
}

async function bringModule(url: URL, onProgress: (progress: StartProgress) => void): Promise<WebAssembly.Module> {
	const stored = await storedCopy(url);
	if (stored === undefined) return compile(counted(await download(url), onProgress));
	onProgress({ step: 'compile' });
	return compile(stored);
}

async function bring(url: URL): Promise<Response> {
	return (await storedCopy(url)) ?? download(url);
}

/**
 * What `keepOffline()` has stored on an earlier visit, if the file's name guarantees that it has not changed since. It
 * arrives in half the time that the service worker would need.
 */
async function storedCopy(url: URL): Promise<Response | undefined> {
	brought.add(url.href);
	if (!isHashed(url)) return undefined;
	// Rejects in browsers that store nothing.
	return caches.match(url, { ignoreVary: true }).catch(() => undefined);
}

async function download(url: URL): Promise<Response> {
	const response = await fetch(url, { credentials: 'same-origin' }).catch((error: unknown) => {
		throw new Error(`${url} could not be downloaded (${String(error)}); check the connection, then reload the page.`);
	});
	if (!response.ok) {
		throw new Error(
			`${url} could not be downloaded (status ${response.status}); put Igor's files there, or name their folder by the option "assets".`,
		);
	}
	return response;
}

/** The same response; reports progress while its body is read. */
function counted(response: Response, onProgress: (progress: StartProgress) => void): Response {
	const { body, headers } = response;
	if (body === null) return response;
	const total = headers.has('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0);
	let loaded = 0;
	const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
		transform(chunk, controller) {
			loaded += chunk.byteLength;
			onProgress({ step: 'download', loaded, total });
			controller.enqueue(chunk);
		},
		flush: () => onProgress({ step: 'compile' }),
	});
	return new Response(body.pipeThrough(counter));
}

/** Compiles while it arrives. Sets the type of .wasm files for servers that do not know it. */
function compile(response: Response): Promise<WebAssembly.Module> {
	if (response.headers.get('content-type') === WASM_TYPE) return WebAssembly.compileStreaming(response);
	return WebAssembly.compileStreaming(new Response(response.body, { headers: { 'Content-Type': WASM_TYPE } }));
}
