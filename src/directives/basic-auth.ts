import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, onlyArgument } from '../caddyfile/reading.ts';
import { readChoice } from '../caddyfile/units.ts';

/** `basic_auth [MATCHER] [ALGORITHM [REALM]] { USER HASH … }`, Caddy's; `basicauth` is its old name. */
export interface BasicAuth {
	readonly type: 'basic_auth';
	readonly algorithm: 'bcrypt' | 'argon2id';
	/** Shown by the browser; `undefined` = the default. */
	readonly realm?: string;
	readonly accounts: readonly { readonly user: string; readonly passwordHash: string }[];
}

/** @throws CaddyfileError */
export function readBasicAuth(directive: Directive): BasicAuth {
	const args = new Arguments(directive);
	const algorithmWord = args.optional();
	const algorithm = algorithmWord ? readChoice(algorithmWord, ['bcrypt', 'argon2id']) : 'bcrypt';
	const realm = args.optional()?.text;
	args.end();
	const users = new Set<string>();
	const accounts = (directive.block ?? []).map((line) => {
		const passwordHash = onlyArgument(line, 'the hash of the password after the name').text;
		if (line.name === '' || passwordHash === '') {
			throw new CaddyfileError('bad_value', line.position, 'neither name nor hash may be empty');
		}
		if (users.has(line.name)) {
			throw new CaddyfileError('conflict', line.position, `the user ${quoteWord(line.name)} is there twice`);
		}
		users.add(line.name);
		return { user: line.name, passwordHash };
	});
	if (accounts.length === 0) {
		throw new CaddyfileError('bad_arguments', directive.position, 'nobody could log in', {
			expected: 'a block with lines of a name and the hash of a password',
		});
	}
	return { type: 'basic_auth', algorithm, ...(realm !== undefined && { realm }), accounts };
}
