import { joinBytes } from '../bytes/join-bytes.ts';
import {
	EXPORT_SECTION,
	FUNCTION,
	findSection,
	GLOBAL,
	numberBytes,
	readExports,
	readImports,
	readName,
} from './wasm-format.ts';

/** Exports that Emscripten's glue, its dynamic linker and Igor call by name. */
const RUNTIME_EXPORTS = new RegExp(
	`^(${[
		'_?emscripten',
		'__wasm',
		'wasm_',
		'php_wasm',
		'run_cli',
		'(m|c|re)alloc',
		'free',
		'memalign',
		'munmap',
		'mem(ory|cpy|set|move)',
		'setThrew',
		'_ZN',
		'__cxa',
		'__errno',
		'hton[sl]',
		'ntoh[sl]',
		'__?set',
		'(__)?stack',
		'main',
		'_start',
		'fflush',
		'__(indirect|memory|table|c_longjmp|cpp|trap|dl|funcs|tz|environ|get_temp)',
		'dl',
		'get_',
		'strerror',
		'_?initialize',
		'getpid',
		'(set|un)env',
		'environ',
		'timezone',
		'daylight',
		'tzname',
		'saveSetjmp',
	].join('|')})`,
);

/**
 * A copy of a WASM binary that exports only what is needed. php.wasm exports its whole Zend API, 10,000 functions;
 * building that table costs every thread 75 ms and 25 MB.
 * @param binary php.wasm
 * @param sideModules extensions that will be loaded into it: what they import is needed, too
 * @throws RangeError when a binary is not well-formed
 */
export function trimExports(binary: Uint8Array, sideModules: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const needed = new Set(sideModules.flatMap((module) => readImports(module).map(({ name }) => name)));
	const section = findSection(binary, EXPORT_SECTION);
	const kept = keptExports(binary, needed);
	const count = numberBytes(kept.length);
	const size = kept.reduce((sum, entry) => sum + entry.length, count.length);
	return joinBytes([
		binary.subarray(0, section.start),
		[EXPORT_SECTION, ...numberBytes(size), ...count],
		...kept,
		binary.subarray(section.end),
	]);
}

function keptExports(binary: Uint8Array, needed: ReadonlySet<string>): Uint8Array[] {
	const kept: Uint8Array[] = [];
	for (const { start, end, kind } of readExports(binary)) {
		const { text } = readName(binary, start);
		const named = kind === FUNCTION || kind === GLOBAL;
		if (!named || needed.has(text) || RUNTIME_EXPORTS.test(text)) kept.push(binary.subarray(start, end));
	}
	return kept;
}
