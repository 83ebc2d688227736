import { toByteString } from '../bytes/byte-string.ts';

/** A text as it may stand in a header: a byte string of its UTF-8, without what a header cannot hold. */
export function headerValue(text: string): string {
	return cleanHeaderValue(toByteString(text));
}

/** A byte string as it may stand in a header: line breaks become spaces, other control characters go. */
export function cleanHeaderValue(bytes: string): string {
	return bytes.replace(/[\r\n]/g, ' ').replace(/[^\t\x20-\x7e\x80-\xff]/g, '');
}
