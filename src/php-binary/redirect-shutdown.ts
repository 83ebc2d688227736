import { numberBytes } from './wasm-format.ts';

const NOP = 0x01;
const CALL = 0x10;
const LEB = '[\\x80-\\xff]{0,4}[\\x00-\\x7f]';

/**
 * What the compiler made of `xparam->outputs.returncode = shutdown(sock->socket, shutdown_how[xparam->how])` in
 * PHP's socket streams. Emscripten's libc has no shutdown(): it was replaced by its failure, but its arguments are still
 * computed.
 */
const FAILURE = new RegExp(
	[
		'^(\\x20[^]\\x28\\x02\\x00)\\x1a', // sock->socket, dropped
		`(\\x20[^]\\x2d\\x00\\x04\\x41\\x01\\x76\\x41\\x0c\\x71\\x41${LEB}\\x6a\\x28\\x02\\x00)\\x1a`, // shutdown_how[…], dropped
		`\\x41${LEB}\\x41\\x34\\x36\\x02\\x00`, // errno = ENOSYS
		'(\\x20[^])\\x41\\x7f(\\x36\\x02\\x40)', // returncode = -1
	].join(''),
);
/** Longer than FAILURE can be, bytes. */
const LONGEST = 64;
/** What FAILURE has at this offset, for a quick search. */
const CORE = [0x2d, 0x00, 0x04, 0x41, 0x01, 0x76, 0x41, 0x0c, 0x71, 0x41] as const;
const CORE_AT = 8;
/** The byte of it that is rarest in code. */
const RARE = 0x76;
const RARE_AT = CORE_AT + CORE.indexOf(RARE);

/**
 * Puts a call of the import `target` where PHP's socket streams want to call shutdown(), in place.
 * @param code the code section; it is changed
 * @throws RangeError when there is not exactly one such place
 */
export function redirectShutdown(code: Uint8Array, target: number): void {
	const places = findPlaces(code);
	const [place] = places;
	if (place === undefined || places.length > 1) {
		throw new RangeError(`php.wasm has ${places.length} places where a stream is shut down; 1 was expected.`);
	}
	const [whole, socket = '', how = '', result = '', store = ''] = place.found;
	const call = String.fromCharCode(CALL, ...numberBytes(target));
	const replacement = `${result}${socket}${how}${call}${store}`.padEnd(whole.length, String.fromCharCode(NOP));
	for (let i = 0; i < whole.length; i++) code[place.at + i] = replacement.charCodeAt(i);
}

/** Where FAILURE stands, with what it matched: a character for each byte. */
function findPlaces(code: Uint8Array): { found: RegExpExecArray; at: number }[] {
	const places: { found: RegExpExecArray; at: number }[] = [];
	for (let rare = code.indexOf(RARE, RARE_AT); rare !== -1; rare = code.indexOf(RARE, rare + 1)) {
		const at = rare - RARE_AT;
		if (!CORE.every((byte, i) => code[at + CORE_AT + i] === byte)) continue;
		const found = FAILURE.exec(String.fromCharCode(...code.subarray(at, at + LONGEST)));
		if (found !== null) places.push({ found, at });
	}
	return places;
}
