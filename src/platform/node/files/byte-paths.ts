import { Buffer } from 'node:buffer';

/** What Node's file functions take as a path. */
export type PathArgument = string | Buffer;

const NOT_ASCII = /[^\0-\x7f]/;

/** A byte string (one code unit = one byte) as Node takes paths: names need not be UTF-8. */
export function pathArgument(bytes: string): PathArgument {
	return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes;
}
