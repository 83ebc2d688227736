import { createHmac, randomBytes } from 'node:crypto';
import { CaddyfileError, quoteWord } from '../../../caddyfile/errors.ts';
import type { AdaptedDirective } from '../../../directives/list.ts';
import type { SiteRequest, Step } from '../../../site/request/site-request.ts';
import { headerValue } from '../../../site/values/header-value.ts';
import { argon2Hashes, bcryptHashes, isHash, type PasswordHashes } from './password-hashes.ts';

/** How long a password that was right needs no comparison, in milliseconds. */
const MEMORY_TIME = 300_000;
const MAX_REMEMBERED = 1000;

type BasicAuth = Extract<AdaptedDirective, { type: 'basic_auth' }>;

/**
 * `basic_auth`. A password that was right a short while ago is let through at once; otherwise the request waits, and
 * nothing else does.
 *
 * @throws CaddyfileError for a hash that is none, or an algorithm that this Node does not have
 */
export function basicAuthStep(directive: BasicAuth, next: Step): Step {
	const { realm = 'restricted' } = directive;
	const accounts = readAccounts(directive);
	const hashes = directive.algorithm === 'argon2id' ? argon2(directive) : bcryptHashes([...accounts.values()]);
	const remembered = new RightPasswords();
	const challenge = headerValue(`Basic realm="${realm.replace(/["\\]/g, '\\$&')}"`);
	const refuse = (site: SiteRequest): void => site.fail(401, ['WWW-Authenticate', challenge], 'not authenticated');
	const welcome = (site: SiteRequest, user: string): void => {
		site.setValue('http.auth.user.id', user);
		site.noteUser(user);
		next(site);
	};
	return (site) => {
		const given = credentials(site.headerValues('authorization')[0]);
		if (given === undefined) {
			refuse(site);
			return;
		}
		const hash = accounts.get(given.user);
		if (hash !== undefined && remembered.has(hash, given.password)) {
			welcome(site, given.user);
			return;
		}
		// An unknown user costs as much as a known one: the time tells nothing.
		void hashes.matches(given.password, hash ?? hashes.fake).then((same) => {
			if (site.isGone) return;
			if (same === undefined) site.fail(503, ['Retry-After', '5'], 'too many passwords to compare');
			else if (!same || hash === undefined) refuse(site);
			else {
				remembered.add(hash, given.password);
				site.run(() => welcome(site, given.user));
			}
		});
	};
}

function readAccounts({ accounts, algorithm, position }: BasicAuth): Map<string, string> {
	return new Map(
		accounts.map(({ user, passwordHash }) => {
			const name = withVariables(user);
			const written = withVariables(passwordHash);
			// Caddy takes hashes in base64, too: they were written like that once.
			const hash = written.startsWith('$') ? written : Buffer.from(written, 'base64').toString('latin1');
			if (isHash(algorithm, hash)) return [name, hash] as const;
			// At the directive: an error quotes its line, and this one may have the password itself.
			throw new CaddyfileError('bad_value', position, `the password of ${quoteWord(name)} is no ${algorithm} hash`, {
				expected:
					algorithm === 'bcrypt' ? 'something like $2a$14$…' : 'something like $argon2id$v=19$m=47104,t=1,p=1$…',
				hint: `'igor hash-password${algorithm === 'bcrypt' ? '' : ` --algorithm ${algorithm}`}' makes one`,
			});
		}),
	);
}

function argon2({ position }: BasicAuth): PasswordHashes {
	const hashes = argon2Hashes();
	if (hashes !== undefined) return hashes;
	throw new CaddyfileError('unsupported', position, 'this Node has no argon2id', {
		hint: 'use Node 24.7 or newer, or bcrypt hashes',
	});
}

function withVariables(text: string): string {
	return text.replace(/\{env\.([^{}]*)\}/g, (_, name: string) => process.env[name] ?? '');
}

function credentials(header: string | undefined): { user: string; password: string } | undefined {
	const encoded = /^basic +([A-Za-z0-9+/_-]+=*) *$/i.exec(header ?? '')?.[1];
	if (encoded === undefined) return undefined;
	const text = Buffer.from(encoded, 'base64').toString('utf8');
	const colon = text.indexOf(':');
	return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Passwords that were right, as keyed hashes: they themselves are not kept. */
class RightPasswords {
	readonly #key = randomBytes(32);
	readonly #until = new Map<string, number>();

	has(hash: string, password: string): boolean {
		if (this.#until.size === 0) return false;
		return (this.#until.get(this.#entry(hash, password)) ?? 0) > performance.now();
	}

	add(hash: string, password: string): void {
		if (this.#until.size >= MAX_REMEMBERED) this.#until.clear();
		this.#until.set(this.#entry(hash, password), performance.now() + MEMORY_TIME);
	}

	#entry(hash: string, password: string): string {
		return createHmac('sha256', this.#key).update(`${hash}\0${password}`).digest('base64');
	}
}
