/** Longer targets are refused with 414: target and headers together have to fit in one request head for PHP. */
export const MAX_TARGET_LENGTH = 8190;

/**
 * The origin form (`/path?query`) of a request target.
 *
 * @returns `undefined` when it is neither that nor the absolute form (`http://host/path`)
 */
export function originForm(target: string): string | undefined {
	if (target.charCodeAt(0) === 0x2f) return target;
	const absolute = /^https?:\/\/[^/?#]*/i.exec(target);
	if (absolute === null) return undefined;
	const rest = target.slice(absolute[0].length);
	return rest.startsWith('/') ? rest : `/${rest}`;
}
