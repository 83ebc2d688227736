import { AdminError } from './admin-messages.ts';

// As Caddy has them: they name the part of the configuration that they stand for.

/** @param path below `/config/` @param value JSON */
export function etagOf(path: readonly string[], value: unknown): string {
	return `"/config/${path.map(encodeURIComponent).join('/')} ${hash(JSON.stringify(value) ?? 'null')}"`;
}

/**
 * Refuses a change of a configuration that has changed since.
 *
 * @param header `If-Match`; undefined = any change is welcome
 * @param valueAt what a path names now
 * @throws AdminError 400, 412
 */
export function expectTag(header: string | undefined, valueAt: (path: readonly string[]) => unknown): void {
	if (header === undefined) return;
	const [, text] = /^"\/config\/(\S*) \S+"$/.exec(header) ?? [];
	if (text === undefined) throw new AdminError(400, `malformed If-Match header ${header}; expected the ETag of a GET`);
	const path = text === '' ? [] : text.split('/').map(decodeURIComponent);
	if (etagOf(path, valueAt(path)) !== header) {
		throw new AdminError(412, `If-Match header did not match current config hash of /config/${text}`);
	}
}

/** FNV-1a, of UTF-16. It tells changes apart, nothing more. */
function hash(text: string): string {
	let value = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
	return (value >>> 0).toString(16).padStart(8, '0');
}
