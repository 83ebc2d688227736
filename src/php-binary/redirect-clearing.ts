import { numberBytes } from './wasm-format.ts';

/** What `__syscall_fcntl64` gets as its command when it stands for mmap()'s memset(); no command has that number. */
export const CLEAR_MARK = 0x3f;

const NUMBER = '[\\x80-\\xff]{0,4}[\\x00-\\x7f]';
/** memset(pointer, 0, length), its result dropped; pointer and length are locals. */
const MEMSET = new RegExp(`(\\x20[^]\\x41)\\x00(\\x20[^]\\x10)(${NUMBER})\\x1a`, 'g');

/**
 * Has the host clear the memory of an anonymous mmap(). Emscripten's writes zeros over all of it, and so makes every page
 * resident, though most of it is fresh: opcache alone takes 32 MB that way, of which an application uses a part. In place.
 * @param mmap the body of the function; it is changed
 * @param target the import `__syscall_fcntl64`: of the same signature, since a new one would renumber all functions
 * @throws RangeError when there is not exactly one such place
 */
export function redirectClearing(mmap: Uint8Array, target: number): void {
	const text = String.fromCharCode(...mmap);
	const places = [...text.matchAll(MEMSET)];
	const [place] = places;
	if (place === undefined || places.length > 1) {
		throw new RangeError(`php.wasm has ${places.length} places where mmap() clears memory; 1 was expected.`);
	}
	const [, pointer = '', length = '', memset = ''] = place;
	const replacement = [
		...bytesOf(pointer),
		CLEAR_MARK,
		...bytesOf(length),
		...padded(numberBytes(target), memset.length),
	];
	mmap.set(replacement, place.index);
}

const bytesOf = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** A number in LEB128 with zeros behind it, so that it takes as many bytes as another one. */
function padded(number: readonly number[], length: number): number[] {
	const more = length - number.length;
	if (more < 0) throw new RangeError('php.wasm has more imports than expected.');
	if (more === 0) return [...number];
	return [...number.slice(0, -1), (number.at(-1) ?? 0) | 0x80, ...Array.from({ length: more - 1 }, () => 0x80), 0];
}
