import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type Command, Option } from 'commander';
import { OptionsError } from '../config/options-error.ts';
import { wholeNumber } from '../config/values.ts';

interface Flags {
	plaintext?: string;
	algorithm: 'bcrypt' | 'argon2id';
	bcryptCost: number;
}

/** Caddy's: KiB, passes, bytes. */
const ARGON2 = { memory: 46 * 1024, passes: 1, parallelism: 1, tagLength: 32 };
/** Bcrypt looks at no more of a password. */
const BCRYPT_BYTES = 72;

/** Adds `igor hash-password`, for `basic_auth`. */
export function addHashPassword(program: Command): void {
	program
		.command('hash-password')
		.description('Print the hash of a password, for basic_auth')
		.option(
			'-p, --plaintext <password>',
			'the password; others may see it while this runs (default: a line of standard input)',
		)
		.addOption(new Option('-a, --algorithm <name>', 'how').choices(['bcrypt', 'argon2id']).default('bcrypt'))
		.option('--bcrypt-cost <n>', 'how long it takes', (n) => wholeNumber(n, '--bcrypt-cost', 4), 14)
		.action(async (flags: Flags) => {
			process.stdout.write(`${await hashOf(flags)}\n`);
		});
}

async function hashOf({ plaintext, algorithm, bcryptCost }: Flags): Promise<string> {
	const password = plaintext ?? passwordFromInput();
	if (password === '') throw new OptionsError('bad_password', 'The password is empty; give one.');
	if (algorithm === 'argon2id') return argon2Hash(password);
	if (bcryptCost > 31)
		throw new OptionsError('bad_number', `--bcrypt-cost is '${bcryptCost}'; it has to be at most 31.`);
	if (Buffer.byteLength(password) > BCRYPT_BYTES) {
		throw new OptionsError(
			'bad_password',
			`The password is longer than ${BCRYPT_BYTES} bytes, which is all that bcrypt sees; use --algorithm argon2id.`,
		);
	}
	// Loaded here, so that no other command waits for it.
	const { hashSync } = await import('bcryptjs');
	return hashSync(password, bcryptCost);
}

function passwordFromInput(): string {
	if (isatty(0)) {
		throw new OptionsError('bad_password', 'There is no password; pipe a line into this command, or use --plaintext.');
	}
	return (readFileSync(0, 'utf8').split('\n')[0] as string).replace(/\r$/, '');
}

function argon2Hash(password: string): string {
	const { argon2Sync, randomBytes } = process.getBuiltinModule('node:crypto');
	const nonce = randomBytes(16);
	const { memory, passes, parallelism } = ARGON2;
	const hash = argon2Sync('argon2id', { ...ARGON2, message: password, nonce });
	const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
	return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(hash)}`;
}
