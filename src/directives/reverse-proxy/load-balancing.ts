import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, type LineReader, noBlock, onlyArgument, readBlock } from '../../caddyfile/reading.ts';
import { readChoice, readDuration, readWholeNumber } from '../../caddyfile/units.ts';

const PLAIN = ['random', 'round_robin', 'first', 'least_conn', 'ip_hash', 'client_ip_hash', 'uri_hash'] as const;
const KEYED = ['header', 'query', 'cookie'] as const;

/** The same value leads to the same upstream; who has none gets one by `fallback`. */
export type KeyedPolicy =
	| { readonly by: 'header' | 'query'; readonly key: string; readonly fallback: PlainPolicy }
	| {
			readonly by: 'cookie';
			/** Of the cookie, which says by a hash to which upstream its client goes. */
			readonly name: string;
			readonly secret: string;
			/** Milliseconds; `undefined` = as long as the browser runs. */
			readonly maxAge?: number;
			readonly fallback: PlainPolicy;
	  };

export type PlainPolicy = (typeof PLAIN)[number];

/** Which upstream answers a request, and whether another one is asked when it cannot. */
export interface LoadBalancing {
	readonly policy: PlainPolicy | KeyedPolicy;
	/** How often another upstream is asked; `undefined` = as often as `tryDuration` allows, or never. */
	readonly retries?: number;
	/** For how long others are asked, milliseconds; `undefined` = as often as `retries` says. */
	readonly tryDuration?: number;
	/** Milliseconds before the next one is asked; `undefined` = the default. */
	readonly tryInterval?: number;
}

/** The lines of `reverse_proxy` that choose an upstream. */
export class LoadBalancingLines {
	#options: { -readonly [Name in keyof LoadBalancing]?: LoadBalancing[Name] } = {};

	readonly once: Readonly<Record<string, LineReader>> = {
		lb_policy: (line) => {
			this.#options.policy = readPolicy(line);
		},
		lb_retries: (line) => {
			this.#options.retries = readWholeNumber(onlyArgument(line, 'a number'), 0);
		},
		lb_try_duration: (line) => {
			this.#options.tryDuration = readDuration(onlyArgument(line, 'a duration'));
		},
		lb_try_interval: (line) => {
			this.#options.tryInterval = readDuration(onlyArgument(line, 'a duration'));
		},
	};

	/** Once every line has been read. */
	finish(): LoadBalancing {
		return { policy: 'random', ...this.#options };
	}
}

/** `NAME [ARGS…] { fallback NAME }` */
function readPolicy(line: Directive): LoadBalancing['policy'] {
	const args = new Arguments(line);
	const by = readChoice(args.take('a policy'), [...PLAIN, ...KEYED]);
	if (isPlain(by)) {
		args.end();
		noBlock(line);
		return by;
	}
	const key = by === 'cookie' ? (args.optional()?.text ?? 'lb') : args.take(`the name of a ${by}`).text;
	const secret = by === 'cookie' ? (args.optional()?.text ?? '') : '';
	args.end();
	let fallback: PlainPolicy = 'random';
	let maxAge: number | undefined;
	const once: Record<string, LineReader> = {
		fallback: (each) => {
			fallback = readChoice(onlyArgument(each, 'a policy'), PLAIN);
		},
	};
	if (by === 'cookie') {
		once.max_age = (each) => {
			maxAge = readDuration(onlyArgument(each, 'a duration'));
		};
	}
	readBlock({ ...line, name: `lb_policy ${by}` }, { once });
	if (by !== 'cookie') return { by, key, fallback };
	if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(key)) {
		throw new CaddyfileError(
			'bad_value',
			line.position,
			"the cookie of 'lb_policy' has a name that no cookie can have",
		);
	}
	return { by, name: key, secret, fallback, ...(maxAge !== undefined && { maxAge }) };
}

function isPlain(policy: string): policy is PlainPolicy {
	return (PLAIN as readonly string[]).includes(policy);
}
