/** `main-7QH3ZKTA.js`, `php.0123abcd.wasm`; not a date: `news-20260101.json`. */
const HASHED = /[-.](?!\d+\.)(?:[A-Z0-9]{8}|(?=[a-f]*\d)[0-9a-f]{8,64})\.\w+$/;

/** Whether a file never changes, because a hash of its content is in its name. */
export function isHashed(url: URL): boolean {
	return HASHED.test(url.pathname);
}
