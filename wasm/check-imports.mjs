// After a build: does php.wasm have everything the side modules import? Debian's headers may be newer than the runtime, and
// a missing function would show only when it is called.
import { readdirSync, readFileSync } from 'node:fs';

const packages = new URL('../node_modules/@php-wasm/', import.meta.url);

/** @param {URL} url */
const load = (url) => new WebAssembly.Module(readFileSync(url));

/** @param {string} version as "8.4" */
function loadRuntime(version) {
	const jspi = new URL(`node-${version.replace('.', '-')}/jspi/`, packages);
	const patch = readdirSync(jspi).find((name) => /^\d+_\d+_\d+$/.test(name));
	return load(new URL(`${patch}/php_${version.replace('.', '_')}.wasm`, jspi));
}

/** @param {string} version */
function missingImports(version) {
	const runtime = loadRuntime(version);
	// What php.wasm itself imports, the loader's JavaScript has.
	const known = new Set(
		[...WebAssembly.Module.exports(runtime), ...WebAssembly.Module.imports(runtime)].map((x) => x.name),
	);
	const loader = [
		'__memory_base',
		'__table_base',
		'__indirect_function_table',
		'memory',
		'__cpp_exception',
		'__c_longjmp',
	];
	const module = load(new URL(`build/${version}/frankenphp.so`, import.meta.url));
	const own = new Set(WebAssembly.Module.exports(module).map((x) => x.name));
	return WebAssembly.Module.imports(module)
		.map((x) => x.name)
		.filter((name) => !known.has(name) && !own.has(name) && !loader.includes(name) && !name.startsWith('igor_host_'));
}

for (const version of process.argv.slice(2)) {
	const missing = missingImports(version);
	if (missing.length > 0) {
		console.error(`wasm/build/${version}/frankenphp.so imports what php.wasm does not have: ${missing.join(', ')}`);
		process.exitCode = 1;
	}
}
