const NOP = 0x01;
const CALL = 0x10;
/** `-1`, stored where `returncode` is. */
const STORE_FAILURE = [0x41, 0x7f, 0x36, 0x02, 0x40] as const;
/** The bytes that are looked at before it. */
const BEFORE = 64;
const LEB = '[\\x80-\\xff]{0,4}[\\x00-\\x7f]';

/**
 * What the compiler made of `xparam->outputs.returncode = shutdown(sock->socket, shutdown_how[xparam->how])` in
 * PHP's socket streams. Emscripten's libc has no shutdown(): it was replaced by its failure, but its arguments are still
 * computed.
 */
const FAILURE = new RegExp(
	[
		'(\\x20[^]\\x28\\x02\\x00)\\x1a', // sock->socket, dropped
		`(\\x20[^]\\x2d\\x00\\x04\\x41\\x01\\x76\\x41\\x0c\\x71\\x41${LEB}\\x6a\\x28\\x02\\x00)\\x1a`, // shutdown_how[…], dropped
		`\\x41${LEB}\\x41\\x34\\x36\\x02\\x00`, // errno = ENOSYS
		'(\\x20[^])\\x41\\x7f(\\x36\\x02\\x40)', // returncode = -1
	].join(''),
	'g',
);

/**
 * Puts a call of the import `target` where PHP's socket streams want to call shutdown(); nothing moves.
 * @param code the code section; it is changed
 * @throws RangeError when there is not exactly one such place
 */
export function redirectShutdown(code: Uint8Array, target: number): void {
	const places = windows(code).flatMap(({ start, text }) =>
		[...text.matchAll(FAILURE)].map((found) => ({ found, at: start + found.index })),
	);
	const [place] = places;
	if (place === undefined || places.length > 1) {
		throw new RangeError(`php.wasm has ${places.length} places where a stream is shut down; 1 was expected.`);
	}
	const [whole, socket = '', how = '', result = '', store = ''] = place.found;
	const call = String.fromCharCode(CALL, target);
	const replacement = `${result}${socket}${how}${call}${store}`.padEnd(whole.length, String.fromCharCode(NOP));
	for (let i = 0; i < replacement.length; i++) code[place.at + i] = replacement.charCodeAt(i);
}

/** The surroundings of every `returncode = -1`, a character for each byte: a search in all of it would cost 100 ms. */
function windows(code: Uint8Array): { start: number; text: string }[] {
	const found: { start: number; text: string }[] = [];
	for (let at = code.indexOf(STORE_FAILURE[0]); at !== -1; at = code.indexOf(STORE_FAILURE[0], at + 1)) {
		if (!STORE_FAILURE.every((byte, i) => code[at + i] === byte)) continue;
		const start = Math.max(0, at - BEFORE);
		found.push({ start, text: String.fromCharCode(...code.subarray(start, at + STORE_FAILURE.length)) });
	}
	return found;
}
