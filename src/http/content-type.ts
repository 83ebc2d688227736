import mime from 'mime';

/** Those whose text is UTF-8 without saying so itself, as XML does. */
const UTF_8 = /^text\/|^application\/(?:json|manifest\+json)$/;
/** More endings than a site has. */
const MOST_KEPT = 200;
const kept = new Map<string, string>();

/**
 * The field `Content-Type` of a file, by its ending: the one table there is, of the server and of browsers. The build puts it
 * in the place of the package `mime-types`, which `send` would ask. Any thread.
 *
 * @param ending with its dot; `''` = the name has none
 */
export function contentType(ending: string): string {
	const known = kept.get(ending);
	if (known !== undefined) return known;
	const type = (ending !== '' && mime.getType(ending)) || 'application/octet-stream';
	const whole = UTF_8.test(type) ? `${type}; charset=utf-8` : type;
	if (kept.size < MOST_KEPT) kept.set(ending, whole);
	return whole;
}
