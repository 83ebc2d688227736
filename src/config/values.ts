import { OptionsError, type OptionsErrorCode } from './options-error.ts';

/** The PHP versions that are built in. */
export const PHP_VERSIONS = ['8.2', '8.4', '8.5'] as const;

export type PhpVersion = (typeof PHP_VERSIONS)[number];

/** PHP extensions that `extensions` may load besides those compiled in. */
export const PHP_EXTENSIONS = ['intl', 'redis', 'memcached', 'xdebug'] as const;

export type PhpExtension = (typeof PHP_EXTENSIONS)[number];

/** Where to listen; port 0 = any free one. */
export interface ListenAddress {
	readonly host: string;
	readonly port: number;
}

/** @throws OptionsError unless it is one of `PHP_VERSIONS` */
export function parsePhpVersion(text: string): PhpVersion {
	const version = PHP_VERSIONS.find((known) => known === text);
	if (version === undefined) {
		throw new OptionsError('bad_php_version', `PHP '${text}' is not available; use one of ${PHP_VERSIONS.join(', ')}.`);
	}
	return version;
}

/** @throws OptionsError unless it is one of `PHP_EXTENSIONS` */
export function parsePhpExtension(text: string): PhpExtension {
	const extension = PHP_EXTENSIONS.find((known) => known === text);
	if (extension === undefined) {
		throw new OptionsError(
			'bad_extension',
			`The PHP extension '${text}' is not available; beyond what is compiled in there are ${PHP_EXTENSIONS.slice(0, -1).join(', ')} and ${PHP_EXTENSIONS.at(-1)}.`,
		);
	}
	return extension;
}

/** @throws OptionsError unless `value` is a whole number ≥ `minimum` */
export function wholeNumber(
	value: number | string,
	what: string,
	minimum: number,
	code: OptionsErrorCode = 'bad_number',
): number {
	const number = typeof value === 'string' ? (/^\d{1,15}$/.test(value) ? Number(value) : Number.NaN) : value;
	if (!Number.isSafeInteger(number) || number < minimum) {
		throw new OptionsError(code, `${what} is '${value}'; it has to be a whole number of at least ${minimum}.`);
	}
	return number;
}

/**
 * `HOST:PORT`, `:PORT`, `[IPv6]:PORT`, `PORT`. Without a host: 127.0.0.1.
 *
 * @throws OptionsError
 */
export function parseListen(text: string | number): ListenAddress {
	const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]*)):)?(\d{1,5})$/.exec(String(text));
	const port = Number(match?.[3]);
	if (match === null || port > 65535) {
		throw new OptionsError('bad_listen', `Cannot listen on '${text}'; give HOST:PORT, such as 127.0.0.1:8080.`);
	}
	return { host: match[1] || match[2] || '127.0.0.1', port };
}

/**
 * The command line's `FILE[,NUM]`.
 *
 * @throws OptionsError when NUM is not a number ≥ 1
 */
export function parseWorker(text: string): { file: string; num?: number } {
	const comma = text.lastIndexOf(',');
	if (comma < 0) return { file: text };
	const file = text.slice(0, comma);
	const num = wholeNumber(text.slice(comma + 1), `The number of threads in --worker ${text}`, 1, 'bad_worker');
	return { file, num };
}

/**
 * The command line's `NAME=FILE[,NUM]`.
 *
 * @throws OptionsError when a part is missing, or NUM is not a number ≥ 1
 */
export function parseBackgroundWorker(text: string): { name: string; file: string; num?: number } {
	const option = '--background-worker';
	const equals = text.indexOf('=');
	if (equals < 1 || equals === text.length - 1) {
		throw new OptionsError(
			'bad_background_worker',
			`${option} ${text} has no NAME=FILE form; write ${option} NAME=FILE or NAME=FILE,NUM.`,
		);
	}
	const name = text.slice(0, equals);
	const rest = text.slice(equals + 1);
	const comma = rest.lastIndexOf(',');
	if (comma < 0) return { name, file: rest };
	const what = `The number of threads in ${option} ${text}`;
	return {
		name,
		file: rest.slice(0, comma),
		num: wholeNumber(rest.slice(comma + 1), what, 1, 'bad_background_worker'),
	};
}

/**
 * The command line's `KEY=VALUE`; the value may be empty and may contain '='.
 *
 * @throws OptionsError
 */
export function parseKeyValue(text: string, option: string): [key: string, value: string] {
	const equals = text.indexOf('=');
	if (equals < 1) {
		throw new OptionsError('bad_key_value', `${option} ${text} has no KEY=VALUE form; write ${option} KEY=VALUE.`);
	}
	return [text.slice(0, equals), text.slice(equals + 1)];
}
