import { parseSetCookie, type SetCookie } from 'cookie';

type StoredCookie = {
	readonly name: string;
	readonly value: string;
	readonly path: string;
	/** Milliseconds since 1970; Infinity = lives as long as the jar. */
	readonly expires: number;
};

/**
 * The cookies of one app, in memory. Browsers let no service worker set or read cookies, so apps in frames have theirs
 * here. There is only one origin: `Domain`, `Secure`, `SameSite` and `HttpOnly` are ignored, and `document.cookie` does
 * not show them.
 */
export class CookieJar {
	readonly #cookies = new Map<string, StoredCookie>();

	/**
	 * Takes the cookies of a response.
	 *
	 * @param url of the request, as the app saw it
	 * @param headers values of `Set-Cookie`; invalid ones are skipped
	 */
	store(url: string, headers: readonly string[]): void {
		const { pathname } = new URL(url);
		for (const header of headers) {
			const cookie = parseSetCookie(header, { decode: String });
			if (cookie.name === '') continue;
			const path = cookie.path?.startsWith('/') ? cookie.path : pathname.slice(0, pathname.lastIndexOf('/')) || '/';
			const key = `${cookie.name} ${path}`;
			const expires = expiry(cookie);
			// A replaced one keeps its position, as in browsers.
			if (expires > Date.now()) this.#cookies.set(key, { name: cookie.name, value: cookie.value ?? '', path, expires });
			else this.#cookies.delete(key);
		}
	}

	/** The value of `Cookie` for a request; undefined = no cookies. */
	header(url: string): string | undefined {
		const { pathname } = new URL(url);
		const fitting = [...this.#cookies.values()]
			.filter(({ path, expires }) => expires > Date.now() && covers(path, pathname))
			// The longest path first; of equal names, PHP takes the first.
			.sort((a, b) => b.path.length - a.path.length);
		if (fitting.length === 0) return undefined;
		return fitting.map(({ name, value }) => `${name}=${value}`).join('; ');
	}

	/** Forgets all cookies. */
	clear(): void {
		this.#cookies.clear();
	}
}

function expiry({ maxAge, expires }: SetCookie): number {
	if (maxAge !== undefined) return Date.now() + maxAge * 1000;
	return expires?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** RFC 6265, 5.1.4. */
function covers(path: string, pathname: string): boolean {
	if (!pathname.startsWith(path)) return false;
	return path.length === pathname.length || path.endsWith('/') || pathname[path.length] === '/';
}
