import { CaddyfileError, quoteWord } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, type LineReader, noBlock, onlyArgument } from '../../caddyfile/reading.ts';
import { type Statuses, statusPatterns } from '../../caddyfile/statuses.ts';
import { readDuration, readRegularExpression, readWholeNumber } from '../../caddyfile/units.ts';

/** Upstreams are asked regularly how they are. */
export interface ActiveHealth {
	/** Path and query. */
	readonly uri: string;
	/** `undefined` = that of the upstream. */
	readonly port?: number;
	readonly method: string;
	readonly headers: readonly { readonly field: string; readonly value: string }[];
	/** Milliseconds. */
	readonly interval: number;
	readonly timeout: number;
	/** Of a healthy upstream. */
	readonly statuses: Statuses;
	/** A regular expression that its answer has to match; `undefined` = anything will do. */
	readonly body?: string;
	/** How many answers in a row change what is thought of it. */
	readonly passes: number;
	readonly fails: number;
}

/** What requests show of the upstreams. */
export interface PassiveHealth {
	/** For how long a failure counts, milliseconds; 0 = none does. */
	readonly failDuration: number;
	/** So many failures within that time, and nobody is sent there. */
	readonly maxFails: number;
	/** Statuses that are failures, too. */
	readonly statuses: Statuses;
	/** Milliseconds after which an answer is a failure, too; `undefined` = it may take as long as it takes. */
	readonly latency?: number;
	/** So many requests at once, and no more are sent there; `undefined` = any number. */
	readonly requests?: number;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The lines of `reverse_proxy` about the health of its upstreams. */
export class UpstreamHealthLines {
	readonly #active: Mutable<ActiveHealth> = {
		uri: '/',
		method: 'GET',
		headers: [],
		interval: 30_000,
		timeout: 5000,
		statuses: ['2xx'],
		passes: 1,
		fails: 1,
	};
	readonly #passive: Mutable<PassiveHealth> = { failDuration: 0, maxFails: 1, statuses: [] };
	/** The first line about checks, which only `health_uri` or `health_port` begin. */
	#activeLine: Directive | undefined;
	#isActive = false;

	readonly once: Readonly<Record<string, LineReader>> = {
		health_uri: this.#check((line) => {
			const token = onlyArgument(line, 'a path');
			if (!/^\/[\x21-\x7e]*$/.test(token.text)) {
				throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is no path`, {
					expected: 'something like /health or /health?full=1, escaped',
				});
			}
			this.#active.uri = token.text;
			this.#isActive = true;
		}),
		health_port: this.#check((line) => {
			this.#active.port = readWholeNumber(onlyArgument(line, 'a port'), 1, 65_535);
			this.#isActive = true;
		}),
		health_method: this.#check((line) => {
			const token = onlyArgument(line, 'a method');
			if (!/^[A-Za-z]{1,20}$/.test(token.text)) {
				throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is no method`);
			}
			this.#active.method = token.text.toUpperCase();
		}),
		health_headers: this.#check((line) => {
			new Arguments(line).end();
			this.#active.headers = (line.block ?? []).flatMap(readHeader);
		}),
		health_interval: this.#check((line) => {
			this.#active.interval = positive(line);
		}),
		health_timeout: this.#check((line) => {
			this.#active.timeout = positive(line);
		}),
		health_status: this.#check((line) => {
			this.#active.statuses = statusPatterns(line);
		}),
		health_body: this.#check((line) => {
			this.#active.body = readRegularExpression(onlyArgument(line, 'a regular expression'));
		}),
		health_passes: this.#check((line) => {
			this.#active.passes = readWholeNumber(onlyArgument(line, 'a number'), 1);
		}),
		health_fails: this.#check((line) => {
			this.#active.fails = readWholeNumber(onlyArgument(line, 'a number'), 1);
		}),
		fail_duration: (line) => {
			this.#passive.failDuration = readDuration(onlyArgument(line, 'a duration'));
		},
		max_fails: (line) => {
			this.#passive.maxFails = readWholeNumber(onlyArgument(line, 'a number'), 1, 1000);
		},
		unhealthy_status: (line) => {
			this.#passive.statuses = statusPatterns(line);
		},
		unhealthy_latency: (line) => {
			this.#passive.latency = positive(line);
		},
		unhealthy_request_count: (line) => {
			this.#passive.requests = readWholeNumber(onlyArgument(line, 'a number'), 1);
		},
	};

	/** Once every line has been read. @throws CaddyfileError */
	finish(): { readonly active?: ActiveHealth; readonly passive: PassiveHealth } {
		if (this.#activeLine !== undefined && !this.#isActive) {
			const { name, position } = this.#activeLine;
			throw new CaddyfileError('conflict', position, `${quoteWord(name)} does nothing without checks`, {
				hint: "say by 'health_uri' what is to be asked",
			});
		}
		return { passive: this.#passive, ...(this.#isActive && { active: this.#active }) };
	}

	#check(read: LineReader): LineReader {
		return (line) => {
			this.#activeLine ??= line;
			read(line);
		};
	}
}

function positive(line: Directive): number {
	const token = onlyArgument(line, 'a duration');
	const duration = readDuration(token);
	if (duration >= 1) return duration;
	throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is too short`, {
		expected: 'at least 1ms',
	});
}

/** `FIELD [VALUE…]` */
function readHeader(line: Directive): ActiveHealth['headers'] {
	noBlock(line);
	const values = line.args.length > 0 ? line.args.map(({ text }) => text) : [''];
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(line.name) || values.some((value) => /[^\t\x20-\x7e]|\{/.test(value))) {
		throw new CaddyfileError('bad_value', line.position, `${quoteWord(line.name)} is no header of a check`, {
			expected: 'a field and its value in ASCII, without placeholders',
		});
	}
	return values.map((value) => ({ field: line.name, value }));
}
