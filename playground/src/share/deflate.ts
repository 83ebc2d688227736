/** Text as UTF-8, deflated without a header. */
export async function deflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
	const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The text that `deflate()` was given.
 * @param most bytes; a link of a few bytes could otherwise fill the memory
 * @throws TypeError when it is damaged, RangeError when it is longer
 */
export async function inflate(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<string> {
	const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
	const decoder = new TextDecoder('utf-8', { fatal: true });
	let text = '';
	let length = 0;
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return text + decoder.decode();
		length += value.length;
		if (length > most) {
			// Not awaited: the stream may be stuck, and its end is not needed.
			reader.cancel().catch(() => {});
			throw new RangeError(`More than ${most} bytes.`);
		}
		text += decoder.decode(value, { stream: true });
	}
}

/** Base64 in the alphabet of URLs, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws DOMException when it is no base64 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
	const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
