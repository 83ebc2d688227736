import type { LogContext } from './logger.ts';

/** What stands for a secret. */
export const REDACTED = '[redacted]';

/** Whole names, as they remain when `-`, `_`, a leading `HTTP_` and the case are taken away. */
const SECRET_NAMES = new Set([
	'authorization',
	'proxyauthorization',
	'cookie',
	'cookie2',
	'setcookie',
	'setcookie2',
	'auth',
	'phpauthpw',
	'phpauthdigest',
	'pwd',
	'pass',
]);
/** Parts of names: `db_password`, `csrfToken`, `AWS_SECRET_ACCESS_KEY`. */
const SECRET_PARTS = /passw(?:or)?d|passphrase|secret|token|apikey|accesskey|privatekey|credential|sessionid/;
/** Names that the lines of a log have themselves. */
const RESERVED = new Set(['level', 'time', 'msg']);
const DEEPEST = 8;

/**
 * A copy of a context that may be written anywhere: what stands below a name that says it is a secret, at any depth,
 * is replaced by `[redacted]`. Such names are `authorization`, `proxy-authorization`, `cookie`, `set-cookie`,
 * `PHP_AUTH_PW`, `pass`, `pwd`, `auth`, and every name with `password`, `passwd`, `passphrase`, `secret`, `token`,
 * `api key`, `access key`, `private key`, `credential` or `session id` in it; case, `-`, `_` and `HTTP_` in front make
 * no difference. Secrets inside of texts are not found. What JSON cannot hold (errors, bytes, cycles, big integers)
 * becomes something that it can.
 */
export function redact(context: LogContext): Record<string, unknown> {
	const copy = copyOf(context, new Set(), 0);
	if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return {};
	return Object.fromEntries(Object.entries(copy).map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, value]));
}

/** Whether what has this name is a secret. */
export function isSecretName(name: string): boolean {
	const plain = name
		.toLowerCase()
		.replace(/^http_/, '')
		.replace(/[-_\s]/g, '');
	return SECRET_NAMES.has(plain) || SECRET_PARTS.test(plain);
}

function copyOf(value: unknown, above: Set<object>, depth: number): unknown {
	if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value);
	if (typeof value !== 'object' || value === null) return value;
	if (above.has(value)) return '[circular]';
	if (depth >= DEEPEST) return Array.isArray(value) ? '[array]' : '[object]';
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
	if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
	above.add(value);
	try {
		if (Array.isArray(value)) return value.map((each) => copyOf(each, above, depth + 1));
		return copyOfObject(value, above, depth);
	} catch {
		// A getter that throws, a proxy: no logged value may harm its logger.
		return '[unreadable]';
	} finally {
		above.delete(value);
	}
}

function copyOfObject(value: object, above: Set<object>, depth: number): object {
	const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
	const copy: Record<string, unknown> = Object.create(null);
	// Neither is among the entries of an error.
	if (value instanceof Error) Object.assign(copy, { type: value.name, message: value.message, stack: value.stack });
	for (const [key, each] of entries) {
		const name = String(key);
		copy[name] = isSecretName(name) ? REDACTED : copyOf(each, above, depth + 1);
	}
	return copy;
}
