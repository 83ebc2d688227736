// Builds dist/browser, the folder that a page needs: the library, a thread script for each PHP version, php.wasm with
// only the exports that are used and calls of select() led to us, the extension, php.ini, TLS for PHP's sockets. File
// names carry a hash of their content, except index.js.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const fromWeb = createRequire(require.resolve('@php-wasm/web/package.json'));

const common = {
	absWorkingDir: root,
	bundle: true,
	platform: 'browser',
	format: 'esm',
	target: ['chrome137', 'firefox153', 'safari27'],
	minify: true,
	metafile: true,
	logLevel: 'warning',
};

/** What the files are made of, as esbuild names it. */
const inputs = new Set();

/** Builds something, and notes what it is made of. */
async function bundle(options) {
	const result = await build({ ...common, ...options });
	for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
	return result;
}

/**
 * Writes what PHP threads are made of into a folder.
 * @returns logical name (`php-8.4.wasm`) → name of the file
 */
export async function buildPhp(folder, versions) {
	const names = {};
	const put = (name, content) => {
		const dot = name.lastIndexOf('.');
		names[name] = `${name.slice(0, dot)}-${hashOf(content)}${name.slice(dot)}`;
		writeFileSync(join(folder, names[name]), content);
	};
	const { preparePhp } = await importSource('src/php-binary/prepare-php.ts');
	const { fasterInterpreter } = await importSource('src/php-binary/interpreter/faster-interpreter.ts');
	mkdirSync(folder, { recursive: true });
	put('php.ini', readFileSync(join(root, 'php-runtime', 'php.ini')));
	put('tls.js', await buildTls());
	for (const version of versions) {
		const extension = readFileSync(join(root, 'wasm', 'build', version, 'frankenphp.so'));
		const { glue, binary } = phpOf('web', version);
		put(`frankenphp-${version}.so`, extension);
		const upstream = readFileSync(binary);
		const { edits, problem } = fasterInterpreter(upstream, version);
		if (problem !== undefined) console.warn(`PHP ${version} for browsers keeps its interpreter: ${problem}`);
		put(`php-${version}.wasm`, preparePhp(upstream, [extension], edits));
		put(`php-thread-${version}.js`, await buildThread(glue));
	}
	return names;
}

/** The library itself, which knows the names. */
async function buildLibrary(folder, names) {
	await bundle({
		entryPoints: { index: 'src/browser.ts' },
		outdir: folder,
		define: { IGOR_ASSETS: JSON.stringify(names) },
	});
}

/** The script whose folder a page lets it serve. It has no hash: its address is its identity. */
export async function buildServiceWorker(folder, version) {
	await bundle({
		format: 'iife',
		entryPoints: { 'service-worker': 'src/platform/browser/service-worker/service-worker.ts' },
		outdir: folder,
		define: { IGOR_BUILD: JSON.stringify(version) },
	});
}

/**
 * Manifest, glue and binary of a version, as upstream builds it for `node` or `web`; the packages' exports maps do not name
 * the latter two.
 */
export function phpOf(target, version) {
	const [dashed, underscored] = [version.replace('.', '-'), version.replace('.', '_')];
	const manifest = (target === 'web' ? fromWeb : require).resolve(`@php-wasm/${target}-${dashed}/package.json`);
	const folder = join(dirname(manifest), 'jspi');
	const release = readdirSync(folder).find((name) => name.startsWith(`${underscored}_`));
	return {
		manifest,
		glue: join(folder, `php_${underscored}.js`),
		binary: join(folder, release, `php_${underscored}.wasm`),
	};
}

async function buildThread(glue) {
	const { outputFiles } = await bundle({
		stdin: {
			contents: `import * as glue from ${JSON.stringify(glue)};
				import { runPhpThread } from './src/platform/browser/threads/run-browser-thread.ts';
				runPhpThread(glue);`,
			resolveDir: root,
		},
		write: false,
		// The module comes compiled, by message: the glue's own file name is never asked for.
		loader: { '.wasm': 'empty' },
	});
	return outputFiles[0].contents;
}

/** The server's end of TLS out of @php-wasm/web, which PHP's OpenSSL talks to in a browser, and nothing else of it. */
async function buildTls() {
	const { outputFiles } = await bundle({
		stdin: {
			contents: "export { generateCertificate, certificateToPEM, TLS_1_2_Connection } from '@php-wasm/web';",
			resolveDir: root,
		},
		write: false,
		plugins: [tlsOnly()],
	});
	return outputFiles[0].contents;
}

/** The package has that class without exporting it. Whatever else it imports may be left out when it is not used. */
function tlsOnly() {
	const used = new Set(['@php-wasm/web', '@php-wasm/util']);
	const definition = /class (\w+) \{\s*constructor\(\) \{\s*this\.receivedRecordSequenceNumber = 0/;
	return {
		name: 'igor:tls-only',
		setup: (of) => {
			// It would tell the console about each signature algorithm that it does not know.
			of.onResolve({ filter: /^@php-wasm\/logger$/ }, ({ path }) => ({ path, namespace: 'silent' }));
			of.onLoad({ filter: /./, namespace: 'silent' }, () => ({ contents: 'export const logger = { warn() {} };' }));
			of.onResolve({ filter: /./ }, ({ path }) =>
				used.has(path) ? undefined : { path, external: true, sideEffects: false },
			);
			of.onLoad({ filter: /@php-wasm\/web\/index\.js$/ }, ({ path }) => {
				const source = readFileSync(path, 'utf8');
				const [, name] = definition.exec(source) ?? [];
				if (name === undefined) throw new Error(`${path} has no TLS connection; look for what it is called now.`);
				return { contents: `${source}\nexport { ${name} as TLS_1_2_Connection };`, loader: 'js' };
			});
		},
	};
}

/**
 * A module of src/, for the build itself: Node 20 runs no TypeScript.
 * @param {string} file as `src/config/values.ts`
 */
export async function importSource(file) {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: [file],
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'esm',
		write: false,
	});
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/**
 * Builds dist/browser.
 * @returns {Promise<Set<string>>} the files that it is made of
 */
export async function buildBrowser() {
	const folder = join(root, 'dist', 'browser');
	rmSync(folder, { recursive: true, force: true });
	const { PHP_VERSIONS } = await importSource('src/config/values.ts');
	const names = await buildPhp(folder, PHP_VERSIONS);
	await buildLibrary(folder, names);
	// For `igor browser-build`: php.wasm is not in the npm package.
	writeFileSync(join(folder, 'assets.json'), JSON.stringify(names));
	await buildServiceWorker(folder, hashOf(readFileSync(join(folder, 'index.js'))));
	return inputs;
}

/** Of digits and letters: the service worker takes eight digits for a date, and its file for one that changes. */
function hashOf(content) {
	const [hash] = /(?=\d{0,7}[a-f])(?=[a-f]{0,7}\d).{8}/.exec(createHash('sha256').update(content).digest('hex'));
	return hash;
}
