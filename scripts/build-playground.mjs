// Builds dist/playground/: the playground as static files that any host serves, below any path. Everything but
// index.html, service-worker.js and embed.js has a name with a hash.
// `--compress` adds a .br and a .gz to each file, as small as can be; `--compress=fast` in seconds. Prints sizes, and fails above the page's budget.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildPhp, importSource } from './build-browser.mjs';
import { compress } from './compress.mjs';
import { readScenarios } from './playground-scenarios.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'playground');
/** Brotli bytes of all scripts and styles of the page, the editor included; PHP and the host are not in it. */
const BUDGET = 250_000;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const { version, repository, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const common = {
	absWorkingDir: root,
	outdir: join(out, 'assets'),
	bundle: true,
	minify: true,
	format: 'esm',
	platform: 'browser',
	target: ['chrome137', 'firefox140', 'safari18'],
	entryNames: '[name]-[hash]',
	chunkNames: '[name]-[hash]',
	metafile: true,
	logLevel: 'warning',
};

const hostSource = 'playground/src/host/host-worker.ts';
const { DEFAULTS } = await importSource('src/config/defaults.ts');
const php = { ...takeOtherVersions(), ...(await buildPhp(common.outdir, [DEFAULTS.phpVersion])) };
const versions = Object.keys(php).flatMap((name) => /^php-(\d+\.\d+)\.wasm$/.exec(name)?.[1] ?? []);
const define = { IGOR_ASSETS: JSON.stringify(php) };
const host = await build({ ...common, entryPoints: [hostSource], define });
const phpBytes = byVersion((version) => statSync(join(common.outdir, php[`php-${version}.wasm`])).size);
// What belongs to no version belongs to all.
const workerFiles = byVersion((version) =>
	Object.entries(php).flatMap(([name, file]) =>
		versions.some((one) => one !== version && name.includes(`-${one}.`)) ? [] : [file],
	),
);
const hostWorker = `./${basename(entryOf(host, hostSource))}`;

const page = await build({
	...common,
	entryPoints: ['playground/src/main.tsx', 'playground/style.css'],
	splitting: true,
	define,
	jsx: 'automatic',
	jsxImportSource: 'preact',
	plugins: [
		facts('igor:scenarios', `export default ${JSON.stringify(readScenarios(join(root, 'playground')))};`),
		facts(
			'igor:build',
			Object.entries({
				hostWorker,
				workerFiles,
				version,
				phpBytes,
				source: sourceOf(repository),
				phpPackages: peerDependencies['@php-wasm/node-8-2'],
			})
				.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
				.join('\n'),
		),
	],
});

const html = readFileSync(join(root, 'playground/index.html'), 'utf8')
	.replaceAll('{{script}}', relative(out, entryOf(page, 'playground/src/main.tsx')))
	.replaceAll('{{style}}', relative(out, entryOf(page, 'playground/style.css')));
writeFileSync(join(out, 'index.html'), html);

await buildServiceWorker();
// For other pages: its address is its identity, too.
await build({ ...common, entryPoints: { embed: 'playground/src/embed.ts' }, outdir: out, entryNames: '[name]' });
if (process.argv.includes('--compress')) compress(out, { gzip: 9 });
if (process.argv.includes('--compress=fast')) compress(out, { brotli: 5, gzip: 6 });
report();

/** The versions that are not the default, as the build for browsers has made them: to prepare each again takes seconds. */
function takeOtherVersions() {
	const folder = join(root, 'dist', 'browser');
	const names = JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8'));
	mkdirSync(common.outdir, { recursive: true });
	const others = Object.entries(names).filter(
		([name]) => /-\d+\.\d+\./.test(name) && !name.includes(`-${DEFAULTS.phpVersion}.`),
	);
	for (const [, file] of others) copyFileSync(join(folder, file), join(common.outdir, file));
	return Object.fromEntries(others);
}

/** The page of a repository, from what package.json says of it. */
function sourceOf(repository) {
	const url = typeof repository === 'object' ? repository.url : (repository ?? '');
	return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

function byVersion(value) {
	return Object.fromEntries(versions.map((version) => [version, value(version)]));
}

/** Not hashed: its address is its identity. What it stores belongs to one build: the names of the assets tell them apart. */
async function buildServiceWorker() {
	const names = [...readdirSync(join(out, 'assets')).sort(), html].join('\n');
	await build({
		...common,
		entryPoints: { 'service-worker': 'src/platform/browser/service-worker/service-worker.ts' },
		outdir: out,
		entryNames: '[name]',
		format: 'iife',
		define: { IGOR_BUILD: JSON.stringify(createHash('sha256').update(names).digest('hex').slice(0, 12)) },
	});
}

/** A module that exists only in the build. */
function facts(name, contents) {
	return {
		name,
		setup(of) {
			of.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'facts' }));
			of.onLoad({ filter: new RegExp(`^${name}$`), namespace: 'facts' }, () => ({ contents, loader: 'js' }));
		},
	};
}

/** The absolute path of what an entry point was built to. */
function entryOf({ metafile }, source) {
	const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
	if (found === undefined) throw new Error(`${source} was not built.`);
	return join(root, found[0]);
}

function report() {
	const compressed = (file) => brotliCompressSync(readFileSync(file)).length;
	const first = firstFiles(page.metafile, 'playground/src/main.tsx').map((file) => join(root, file));
	const all = Object.keys(page.metafile.outputs).map((file) => join(root, file));
	const sum = (files) => files.reduce((total, file) => total + compressed(file), 0);
	const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
	const total = sum(all);
	process.stdout.write(
		`The page: ${kilobytes(sum(first))} at first, ${kilobytes(total)} in all (brotli), of ${kilobytes(BUDGET)}; ` +
			`${readdirSync(join(out, 'assets')).length} files in assets/.\n`,
	);
	if (total > BUDGET) {
		process.stderr.write('The page is over its budget: find what has grown, or load it later and raise the budget.\n');
		process.exitCode = 1;
	}
}

/** Outputs that an entry point loads before anything is imported later on. */
function firstFiles({ outputs }, source) {
	const start = Object.keys(outputs).find((file) => outputs[file].entryPoint === source);
	const found = new Set([start]);
	for (const file of found) {
		for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') found.add(path);
	}
	return [...found];
}
