import type { KeyedPolicy, LoadBalancing, PlainPolicy } from '../../../directives/reverse-proxy/load-balancing.ts';
import type { SiteRequest } from '../../../site/request/site-request.ts';
import { placeholderGetter } from '../../../site/values/placeholders.ts';
import { queryValues } from '../../../site/values/query.ts';
import type { UpstreamState } from './upstream-state.ts';

/** Chooses who answers a request; `undefined` = nobody can. */
export type ChooseUpstream = (site: SiteRequest) => UpstreamState | undefined;

/** `lb_policy`, for these upstreams. */
export function chooseUpstream(policy: LoadBalancing['policy'], all: readonly UpstreamState[]): ChooseUpstream {
	if (typeof policy === 'string') return choosePlain(policy, all);
	const fallback = choosePlain(policy.fallback, all);
	if (policy.by === 'cookie') return chooseByCookie(policy, all, fallback);
	const { key } = policy;
	const keyOf =
		policy.by === 'query'
			? ({ uri }: SiteRequest) => queryValues(uri.query, key).join(',')
			: (site: SiteRequest) => site.headerValues(key.toLowerCase())[0];
	return (site) => {
		const value = keyOf(site);
		return value ? byHash(all, value) : fallback(site);
	};
}

function choosePlain(policy: PlainPolicy, all: readonly UpstreamState[]): ChooseUpstream {
	switch (policy) {
		case 'random':
			return () => oneOf(available(all));
		case 'first':
			return () => all.find((one) => one.isAvailable);
		case 'round_robin': {
			let turn = 0;
			return () => {
				for (let tried = 0; tried < all.length; tried++) {
					const one = all[turn++ % all.length] as UpstreamState;
					if (one.isAvailable) return one;
				}
				return undefined;
			};
		}
		case 'least_conn':
			return () => {
				const open = available(all);
				const least = Math.min(...open.map(({ requests }) => requests));
				return oneOf(open.filter(({ requests }) => requests === least));
			};
		case 'ip_hash':
			return ({ connection }) => byHash(all, connection.remoteAddress);
		case 'client_ip_hash':
			return ({ client }) => byHash(all, client.remoteAddress);
		case 'uri_hash':
			return ({ uri }) => byHash(all, uri.target);
	}
}

/** The cookie says who has answered last, by a hash: nobody learns addresses from it, or can choose one. */
function chooseByCookie(
	{ name, secret, maxAge }: Extract<KeyedPolicy, { by: 'cookie' }>,
	all: readonly UpstreamState[],
	fallback: ChooseUpstream,
): ChooseUpstream {
	// Loaded here, so that no other server waits for it.
	const { createHmac } = process.getBuiltinModule('node:crypto');
	const hashes = new Map(all.map((one) => [one, createHmac('sha256', secret).update(one.address).digest('hex')]));
	const cookieOf = placeholderGetter(`http.request.cookie.${name}`);
	const lifetime = maxAge === undefined ? '' : `; Max-Age=${Math.floor(maxAge / 1000)}`;
	return (site) => {
		const cookie = cookieOf?.(site);
		const known = cookie && all.find((one) => one.isAvailable && isSame(hashes.get(one) as string, cookie));
		if (known) return known;
		const chosen = fallback(site);
		if (chosen !== undefined) {
			const rest = site.client.https ? '; HttpOnly; Secure; SameSite=None' : '; HttpOnly; SameSite=Lax';
			setCookie(site, name, `${hashes.get(chosen)}; Path=/${lifetime}${rest}`);
		}
		return chosen;
	};
}

/** In place of the one for an upstream that then did not answer. */
function setCookie(site: SiteRequest, name: string, value: string): void {
	const kept: string[] = [];
	const headers = site.earlyHeaders ?? [];
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const isOurs = headers[at] === 'Set-Cookie' && headers[at + 1]?.startsWith(`${name}=`);
		if (!isOurs) kept.push(headers[at] as string, headers[at + 1] as string);
	}
	site.earlyHeaders = [...kept, 'Set-Cookie', `${name}=${value}`];
}

function isSame(one: string, other: string): boolean {
	const [first, second] = [Buffer.from(one), Buffer.from(other)];
	return first.length === second.length && process.getBuiltinModule('node:crypto').timingSafeEqual(first, second);
}

function available(all: readonly UpstreamState[]): UpstreamState[] {
	return all.filter((one) => one.isAvailable);
}

function oneOf<T>(all: readonly T[]): T | undefined {
	return all[Math.floor(Math.random() * all.length)];
}

/** Rendezvous hashing: when one upstream goes, only its own clients get another. */
function byHash(all: readonly UpstreamState[], key: string): UpstreamState | undefined {
	let best: UpstreamState | undefined;
	let highest = -1;
	for (const one of all) {
		if (!one.isAvailable) continue;
		const hash = hashOf(one.address + key);
		if (hash <= highest) continue;
		highest = hash;
		best = one;
	}
	return best;
}

/** FNV-1a, and a mix behind it: the last characters have to change all bits. */
function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}
