import { CaddyfileError, type CaddyfileErrorCode } from '../../../caddyfile/errors.ts';
import type { CaddyfileHost } from '../../../caddyfile/host.ts';
import type { Logger } from '../../../log/logger.ts';
import { WorkerError } from '../../../threads/serving-place.ts';
import { createCaddyfileHost } from '../config/caddyfile-host.ts';
import { type ReadOptions, readServerConfig, type ServerConfig } from './server-config.ts';

/** What kind of mistake it is, in words that quote nothing. */
const KINDS: Readonly<Record<CaddyfileErrorCode, string>> = {
	bad_syntax: 'quotes, braces or commas are wrong',
	bad_import: 'something cannot be imported',
	bad_address: 'this is no address of a site',
	bad_matcher: 'this is no matcher',
	unknown_directive: 'this directive is unknown',
	unknown_option: 'this option is unknown',
	unsupported: 'Igor does not have this',
	bad_arguments: 'too few arguments, too many, or the wrong ones',
	bad_value: 'this value is not possible here',
	conflict: 'this is given twice, or excludes something else',
	too_large: 'this is deeper, larger or more than is allowed',
};

/** A machine on which there is nothing to read. */
const NOTHING_MORE: Omit<CaddyfileHost, 'variable'> = { glob: (pattern) => [pattern], read: () => '' };
const MORE = "; the server's log says more";

/** Why a configuration that was sent is not loaded, in words that its sender may read. */
export class SentConfigError extends Error {
	override readonly name = 'SentConfigError';
	readonly code: string;

	constructor(message: string, code: string) {
		super(message);
		this.code = code;
	}
}

/**
 * A configuration that came over the admin API. Its sender may see of it what was sent, and no more: as soon as a file was
 * imported or a variable put in, errors name the place and the kind of a mistake, and the log has the rest.
 */
export class SentConfig {
	readonly #text: string;
	readonly #file: string;
	readonly #log: Logger;
	#options: ReadOptions | undefined;
	/** Something else than the sent text is in the configuration. */
	#hasMore = false;

	constructor(text: string, file: string, log: Logger) {
		this.#text = text;
		this.#file = file;
		this.#log = log;
	}

	/** @throws whatever readServerConfig() throws; pass it to `shown()` */
	read(options: ReadOptions): ServerConfig {
		this.#options = options;
		return readServerConfig(this.#text, this.#file, options, this.#watched(createCaddyfileHost(options.variables)));
	}

	/** The error as its sender may see it; it is logged as it is. */
	shown(error: unknown): unknown {
		// PHP's own words are about the app.
		if (!this.#hasMore || error instanceof WorkerError) return error;
		const message = error instanceof Error ? error.message : String(error);
		this.#log.error(`The configuration that was sent is not loaded: ${message}`);
		if (error instanceof CaddyfileError) return new SentConfigError(this.#mistake(error), error.code);
		const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
		return new SentConfigError(`the configuration cannot be used (${code})${MORE}`, code);
	}

	/** In the form of a CaddyfileError; everything that is quoted was sent. */
	#mistake({ position, code }: CaddyfileError): string {
		for (const variable of [undefined, '1']) {
			const own = this.#ownMistake(variable);
			if (own?.code === code && String(own.position) === String(position)) return own.message;
		}
		const message = `${position}: ${KINDS[code]} (${code})${MORE}`;
		const line = this.#text.split('\n')[position.line - 1]?.replace(/\r$/, '');
		if (position.file !== this.#file || line !== position.sourceLine) return message;
		return `${message}\n    ${line.slice(0, 120)}\n    ${line.slice(0, position.column - 1).replace(/[^\t]/g, ' ')}^`;
	}

	/** What is wrong with the text by itself: files are empty, and variables have no value, or that one. */
	#ownMistake(variable: string | undefined): CaddyfileError | undefined {
		if (this.#options === undefined) return undefined;
		try {
			readServerConfig(this.#text, this.#file, this.#options, { ...NOTHING_MORE, variable: () => variable });
		} catch (error) {
			if (error instanceof CaddyfileError) return error;
		}
		return undefined;
	}

	#watched(host: CaddyfileHost): CaddyfileHost {
		const noted = <T>(value: T | undefined): T | undefined => {
			if (value !== undefined) this.#hasMore = true;
			return value;
		};
		return {
			variable: (name) => noted(host.variable(name)),
			glob: (pattern, fromFile) => host.glob(pattern, fromFile),
			read: (path) => noted(host.read(path)),
		};
	}
}
