// Builds dist/: the library and the command line, the PHP thread (one file, because a thread starts 150 ms sooner when it
// has one file to load), the folder for browsers, and the types. `--no-types` leaves the types out. npm packages of
// JavaScript are bundled: an install has a dozen packages, not a hundred, and none that an older Node warns of.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { buildBrowser, importSource, phpOf } from './build-browser.mjs';
import { thirdPartyLicences } from './third-party-licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
mkdirSync(dist, { recursive: true });

const common = {
	absWorkingDir: root,
	outdir: 'dist',
	bundle: true,
	platform: 'node',
	format: 'esm',
	target: 'node24',
	sourcemap: true,
	metafile: true,
	// For CommonJS packages inside the bundle.
	banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
	logLevel: 'warning',
	plugins: [plainBuiltins()],
	// The table of `send`, which is never asked: ours is another one.
	alias: { 'mime-types': './src/http/content-type.ts' },
};

/** What a thread loads is of CommonJS: such scripts can be kept compiled, modules cannot. */
const script = {
	format: 'cjs',
	banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
	define: { 'import.meta.url': 'here' },
};

const results = await Promise.all([
	build({
		...common,
		entryPoints: {
			library: 'src/index.ts',
			cli: 'src/cli/main.ts',
			'code-cache': 'src/platform/node/threads/code-cache.ts',
		},
		// Native.
		external: ['koffi'],
		// Shared code once. Chunks beside the entries, so that URLs relative to the module hold for all of them.
		splitting: true,
		chunkNames: 'shared-[hash]',
	}),
	build({
		...common,
		...script,
		entryPoints: { 'php-thread': 'src/platform/node/threads/run-node-thread.ts' },
		external: ['koffi'],
	}),
	build({
		...common,
		...script,
		entryPoints: {
			'thread-entry': 'src/platform/node/threads/thread-entry.ts',
			'bcrypt-thread': 'src/platform/node/sites/bcrypt-thread.ts',
		},
		outExtension: { '.js': '.cjs' },
	}),
]);

const entry = 'index.js';
writeFileSync(join(dist, entry), guarded('library.js'));

const outputs = results.flatMap(({ metafile }) => Object.keys(metafile.outputs));
const written = new Set([entry, ...outputs.map((file) => basename(file)), ...(await writeGlue())]);
for (const file of readdirSync(dist)) {
	if (/\.c?js(\.map)?$/.test(file) && !written.has(file)) rmSync(join(dist, file));
}

packIcuData();
await writeEdits();
const inputs = [...results.flatMap(({ metafile }) => Object.keys(metafile.inputs)), ...(await buildBrowser())];
writeFileSync(join(dist, 'THIRD-PARTY-LICENCES.txt'), thirdPartyLicences(root, inputs));

// Setup compares the sources with this file; last, so that a build that failed counts as none.
writeFileSync(join(dist, '.built'), '');

if (!process.argv.includes('--no-types')) {
	const tsc = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'tsc.cmd' : 'tsc');
	const { status } = spawnSync(tsc, ['-p', root, '--emitDeclarationOnly'], {
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	process.exitCode = status ?? 1;
}

/**
 * Node's own modules, of which a bundle takes the members that it names. An `import` of Node's reads every export, getters
 * too: those of `node:fs` load 15 more modules in each thread, those of `node:http` load fetch() before a server answers.
 */
function plainBuiltins() {
	return {
		name: 'igor:plain-builtins',
		setup: (of) => {
			of.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
				kind === 'import-statement' ? { path, namespace: 'builtin', sideEffects: false } : undefined,
			);
			of.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
				const names = Object.keys(process.getBuiltinModule(path)).filter((name) => /^[a-z]\w*$/i.test(name));
				// What nobody imports is dropped, unread, because it is said to be pure.
				const members = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`);
				const builtin = `const builtin = process.getBuiltinModule(${JSON.stringify(path)});\nexport default builtin;`;
				return { contents: [builtin, ...members.filter((line) => !/ const (default|delete) /.test(line))].join('\n') };
			});
		},
	};
}

/** The package's entry: on a Node.js that cannot even read the library's syntax it says what is needed. */
function guarded(library) {
	const { outputs } = results[0].metafile;
	const names = outputs[`dist/${library}`].exports.toSorted().join(', ');
	return `import { isRecent, tooOld } from '../bin/node-version.js';
if (!isRecent(process.versions.node)) throw new Error(\`\${tooOld()}.\`);
export const { ${names} } = await import('./${library}');
`;
}

/** ICU's data for the extension intl, a third of their size. They change with the package's version only. */
function packIcuData() {
	const source = createRequire(import.meta.url)
		.resolve('@php-wasm/node/package.json')
		.replace('package.json', 'shared/icu.dat');
	const packed = join(dist, 'icudt74l.dat.br');
	if (existsSync(packed) && statSync(packed).mtimeMs > statSync(source).mtimeMs) return;
	const data = readFileSync(source);
	const params = {
		[constants.BROTLI_PARAM_QUALITY]: 7,
		[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
		[constants.BROTLI_PARAM_SIZE_HINT]: data.length,
	};
	writeFileSync(packed, brotliCompressSync(data, { params }));
}

/** Name and version of a package, as `findPhp()` tells them. */
function packageIdOf(manifest) {
	const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
	return `${name}@${version}`;
}

/** Upstream's glue of each version, as a script. Returns the files' names. */
async function writeGlue() {
	const names = [];
	const { PHP_VERSIONS } = await importSource('src/config/values.ts');
	const { glueName } = await importSource('src/platform/node/threads/glue.ts');
	for (const version of PHP_VERSIONS) {
		const { manifest, glue } = phpOf('node', version);
		const outfile = join('dist', glueName(packageIdOf(manifest)));
		const { outdir, sourcemap, plugins, ...options } = { ...common, ...script };
		await build({ ...options, entryPoints: [glue], outfile, minifyWhitespace: true });
		names.push(basename(outfile));
	}
	return names;
}

/** How php.wasm of each version is prepared, found out once. */
async function writeEdits() {
	const { PHP_VERSIONS } = await importSource('src/config/values.ts');
	const { preparePhp } = await importSource('src/php-binary/prepare-php.ts');
	const { fasterInterpreter } = await importSource('src/php-binary/interpreter/faster-interpreter.ts');
	const { findEdits } = await importSource('src/php-binary/edits.ts');
	const { compilationHints } = await importSource('src/php-binary/compilation-hints.ts');
	const { earlyFunctions } = await importSource('src/php-binary/early-functions.ts');
	const { editsFile } = await importSource('src/platform/node/threads/edited-php.ts');
	for (const version of PHP_VERSIONS) {
		const { manifest, binary: file } = phpOf('node', version);
		const binary = readFileSync(file);
		const extension = readFileSync(join(root, 'wasm', 'build', version, 'frankenphp.so'));
		const prepared = findEdits(binary, preparePhp(Uint8Array.from(binary), [extension]));
		const { edits: interpreter, problem } = fasterInterpreter(binary, version);
		if (problem !== undefined) console.warn(`PHP ${version} keeps its interpreter: ${problem}`);
		const written = editsFile(version, packageIdOf(manifest), {
			size: binary.length,
			// They stand before the code, so nothing at the same place may come first.
			edits: [compilationHints(binary, earlyFunctions(version)), ...prepared],
			interpreter,
		});
		writeFileSync(join(dist, written.name), written.content);
	}
}
