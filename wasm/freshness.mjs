// Are the committed side modules built from the sources beside them? Needs no toolchain: compares hashes with build/record.json.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = new URL('./', import.meta.url);
const recordUrl = new URL('build/record.json', directory);

const sha256 = (/** @type {URL} */ url) => createHash('sha256').update(readFileSync(url)).digest('hex');

/** @returns {Record<string, string>} everything that decides what the compiler makes: C files, headers and the script with the flags */
function hashSources() {
	const names = readdirSync(directory).filter((name) => /\.[ch]$/.test(name) || name === 'build.sh');
	return Object.fromEntries(names.sort().map((name) => [name, sha256(new URL(name, directory))]));
}

/** @returns {Record<string, string>} */
function hashModules() {
	const versions = readdirSync(new URL('build/', directory)).filter((name) => /^\d+\.\d+$/.test(name));
	return Object.fromEntries(
		versions.sort().map((version) => [version, sha256(new URL(`build/${version}/frankenphp.so`, directory))]),
	);
}

/**
 * @param {string} kind
 * @param {Record<string, string>} recorded
 * @param {Record<string, string>} actual
 */
function differences(kind, recorded, actual) {
	const names = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
	return [...names].filter((name) => recorded[name] !== actual[name]).map((name) => `${kind} ${name}`);
}

/**
 * Compares sources and side modules with the record of the last build.
 * @returns {{ fresh: boolean, changed: string[], message: string }}
 */
export function checkFreshness() {
	const record = JSON.parse(readFileSync(recordUrl, 'utf8'));
	const changed = [
		...differences('source', record.sources, hashSources()),
		...differences('module', record.modules, hashModules()),
	];
	const fresh = changed.length === 0;
	const message = fresh
		? 'The side modules are up to date.'
		: `The side modules do not belong to the sources (${changed.join(', ')}). Run wasm/build.sh.`;
	return { fresh, changed, message };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	if (process.argv[2] === '--write') {
		const [flags = '', ...headers] = process.argv.slice(3);
		const record = { flags, headers: headers.sort(), sources: hashSources(), modules: hashModules() };
		writeFileSync(recordUrl, `${JSON.stringify(record, null, '\t')}\n`);
	}
	const result = checkFreshness();
	console.log(result.message);
	process.exitCode = result.fresh ? 0 : 1;
}
