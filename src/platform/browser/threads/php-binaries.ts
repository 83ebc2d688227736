import type { PhpVersion } from '../../../config/values.ts';
import type { StartProgress } from '../browser-server.ts';

/** What every PHP thread is booted from. It can be posted to workers. */
export type PhpBinaries = {
	readonly version: PhpVersion;
	readonly module: WebAssembly.Module;
	readonly extension: Uint8Array;
	readonly ini: string;
	/** URL of the library that ends PHP's TLS; loaded when it is needed. */
	readonly tls: string;
};

/** What Igor's files are called in this build (`php-8.4.wasm` → a name with a hash); those that are missing keep theirs. */
export type AssetNames = Readonly<Record<string, string>>;

const cache = new Map<string, Promise<PhpBinaries>>();

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
		download(urlOf(`php-${version}.wasm`)).then((response) => compile(response, onProgress)),
		download(urlOf(`frankenphp-${version}.so`)).then((response) => response.arrayBuffer()),
		download(urlOf('php.ini')).then((response) => response.text()),
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

/** Compiles while it downloads. Servers that do not know the type of .wasm files are helped. */
async function compile(response: Response, onProgress: (progress: StartProgress) => void): Promise<WebAssembly.Module> {
	const { body } = response;
	const encoded = response.headers.has('content-encoding');
	const total = encoded ? 0 : Number(response.headers.get('content-length') ?? 0);
	if (body === null) return WebAssembly.compile(await response.arrayBuffer());
	let loaded = 0;
	const counted = body.pipeThrough(
		new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
			transform(chunk, controller) {
				loaded += chunk.byteLength;
				onProgress({ step: 'download', loaded, total });
				controller.enqueue(chunk);
			},
			flush: () => onProgress({ step: 'compile' }),
		}),
	);
	return WebAssembly.compileStreaming(new Response(counted, { headers: { 'Content-Type': 'application/wasm' } }));
}
