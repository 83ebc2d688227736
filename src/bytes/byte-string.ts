// biome-ignore lint/suspicious/noControlCharactersInRegex: the question is precisely "all ASCII?"
const ASCII_ONLY = /^[\x00-\x7f]*$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text → its UTF-8 bytes as a byte string (one code unit per byte). */
export function toByteString(text: string): string {
	if (ASCII_ONLY.test(text)) return text;
	let bytes = '';
	for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
	return bytes;
}

/** Bytes → text. What is not UTF-8 becomes U+FFFD. */
export function bytesToText(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

/** A byte string of UTF-8 → text. What is not UTF-8 becomes U+FFFD. */
export function fromByteString(bytes: string): string {
	if (ASCII_ONLY.test(bytes)) return bytes;
	return decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
