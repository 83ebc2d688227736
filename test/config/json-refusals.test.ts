import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adaptJson, writeCaddyJson } from '../../src/adapt/json/caddy-json.ts';
import { CaddyfileError } from '../../src/caddyfile/errors.ts';
import { SAMPLES } from '../adapt/samples.ts';
import { adapt, memoryHost, refusal, throughJson } from '../caddyfile/support.ts';

const FILE = '/etc/igor/caddy.json';

function refused(config: unknown): string {
	return refusal(() => adaptJson(typeof config === 'string' ? config : JSON.stringify(config), FILE)).message;
}

const site = (handler: unknown) => ({
	apps: { http: { servers: { srv0: { listen: [':80'], routes: [{ handle: [{ handler: 'encode' }, handler] }] } } } },
});
const HANDLER = `${FILE}: apps.http.servers.srv0.routes[0].handle[1]`;

describe('what is wrong is said with its path', () => {
	test.each<[string, unknown, string]>([
		[
			'a handler',
			site({ handler: 'file_sever' }),
			`${HANDLER}.handler: unknown handler 'file_sever'; did you mean 'file_server'?`,
		],
		['no handler', site({}), `${HANDLER}: 'handler' is missing here`],
		[
			'one that Igor has not',
			site({ handler: 'templates' }),
			`${HANDLER}.handler: the handler 'templates' is not supported by Igor`,
		],
		['a field', site({ handler: 'file_server', brows: {} }), `${HANDLER}.brows: unknown field 'brows'; expected`],
		['its neighbour', site({ handler: 'file_server', brows: {} }), "did you mean 'browse'?"],
		['a type', site({ handler: 'file_server', hide: 'x' }), `${HANDLER}.hide: this is a text; expected a list`],
		['a value', site({ handler: 'file_server', status_code: 42 }), `${HANDLER}.status_code: '42' is not possible here`],
		[
			'a regular expression',
			site({ handler: 'rewrite', path_regexp: [{ find: '(' }] }),
			`${HANDLER}.path_regexp[0].find: this regular expression`,
		],
		[
			'an app',
			{ apps: { htp: {} } },
			`${FILE}: apps.htp: unknown field 'htp'; expected frankenphp, http, tls; did you mean 'http'?`,
		],
		[
			'PHP',
			{ apps: { frankenphp: { num_threads: -3 } } },
			`${FILE}: apps.frankenphp.num_threads: '-3' is not possible here`,
		],
		['a worker', site({ handler: 'php', workers: [{ num: 2 }] }), `${HANDLER}.workers[0]: this worker has no script`],
		[
			'a matcher',
			{ apps: { http: { servers: { a: { routes: [{ match: [{ pth: ['/'] }] }], listen: [':80'] } } } } },
			`${FILE}: apps.http.servers.a.routes[0].match[0].pth: unknown matcher 'pth'`,
		],
		['a key that is no name', { 'a b': 1 }, `${FILE}: ["a b"]: unknown field 'a b'`],
		['prototypes', '{"__proto__": {"apps": 1}}', `${FILE}: __proto__: unknown field '__proto__'`],
		[
			'prototypes of modules',
			'{"apps": {"http": {"servers": {"a": {"listen": [":80"], "routes": [{"handle": [{"handler": "constructor"}]}]}}}}}',
			"unknown handler 'constructor'",
		],
		['a list', '[]', `${FILE}: this is a list; expected an object`],
		['nothing', '', `${FILE}:1:1: this is no JSON`],
		['a mistake of JSON', '{\n\t"apps": {]\n}', `${FILE}:2:11: this is no JSON`],
		[
			'an address',
			{ apps: { http: { servers: { a: { listen: ['unix//run/x'] } } } } },
			`${FILE}: apps.http.servers.a.listen[0]: this is no address to listen on`,
		],
		[
			'certificates',
			{ apps: { tls: { automation: { policies: [{ issuers: [{ module: 'acme' }] }] } } } },
			'Igor gets no certificates from the outside',
		],
		[
			'servers that differ',
			{ apps: { http: { servers: { a: { listen: [':80'], idle_timeout: '1m' }, b: { listen: [':81'] } } } } },
			`${FILE}: apps.http.servers.b: this server differs from the one before`,
		],
	])('%s', (_, config, message) => {
		expect(refused(config)).toContain(message);
		expect(refused(config)).not.toMatch(/\n {4}\S{200}/);
	});
});

describe('documents that nobody means well', () => {
	test('deep ones', () => {
		const brackets = `{"apps": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
		expect(refused(brackets)).toContain('values are nested deeper than 512');
		let route: unknown = { handle: [{ handler: 'static_response' }] };
		for (let depth = 0; depth < 300; depth++) route = { handle: [{ handler: 'subroute', routes: [route] }] };
		expect(refused(site({ handler: 'subroute', routes: [route] }))).toContain('nested deeper');
		let set: unknown = { path: ['/'] };
		for (let depth = 0; depth < 300; depth++) set = { not: [set] };
		expect(refused(site({ handler: 'subroute', routes: [{ match: [set] }] }))).toContain('nested deeper');
	});

	test('large ones', () => {
		expect(refused(`{"apps": "${'x'.repeat(100 * 1024 * 1024)}"}`)).toContain('more than 16 million characters');
		const routes = Array.from({ length: 20_000 }, (_, index) => ({ terminal: index % 2 === 0 }));
		expect(refused(site({ handler: 'subroute', routes }))).toContain('too many routes are terminal');
	});
});

/** Valid configurations, as values. */
const CONFIGS = [...SAMPLES, MORE()].map((text) => {
	const host = memoryHost(
		{
			'/etc/igor/common.conf': 'encode zstd br gzip\nheader -Server\n{block}\n',
			'/etc/igor/sites/a.conf': 'a.test {\n}\n',
		},
		{ PORT: '8081' },
	);
	return JSON.parse(JSON.stringify(writeCaddyJson(adapt(text, host)))) as unknown;
});

function MORE(): string {
	return `http://b.test, :8081 {
		@a {
			path /a
			not header X y
			query a=b
			header_regexp n X-Y z+
		}
		map {path} {x} {
			~^/(a) $1
			default b
		}
		vars a b
		reverse_proxy @a localhost:1 localhost:2 {
			lb_policy cookie lb secret
			health_uri /up
			header_up -X
			transport http {
				tls_server_name x
			}
		}
		intercept {
			replace_status 200
		}
		log {
			output file /var/log/x {
				roll_keep 3
			}
			format filter {
				request>uri query {
					delete a
				}
			}
		}
		tls /a.crt /a.key
	}`.replace('http://b.test, :8081', 'https://b.test, :8081');
}

/** The places of a value: how to change each. */
function places(value: unknown, found: { holder: Record<string, unknown>; key: string }[] = []) {
	if (typeof value !== 'object' || value === null) return found;
	const holder = value as Record<string, unknown>;
	for (const key of Object.keys(holder)) {
		found.push({ holder, key });
		places(holder[key], found);
	}
	return found;
}

const strange = fc.oneof(
	fc.constantFrom<unknown>(
		null,
		true,
		0,
		-1,
		1.5,
		1e300,
		'',
		'x',
		'{',
		'{http.request.uri}',
		'@a',
		'/',
		'*',
		[],
		{},
		[[]],
		[null],
		[{}],
	),
	fc.constantFrom<unknown>(
		{ __proto__: null, handler: 'php' },
		{ handler: 'subroute' },
		{ host: ['a.test'] },
		'\0',
		'é',
		':0',
		'5s',
	),
	fc.jsonValue({ maxDepth: 3 }),
);
const mutation = fc.record({
	at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
	from: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
	kind: fc.constantFrom('set', 'delete', 'rename', 'copy', 'wrap'),
	value: strange,
	name: fc.oneof(
		fc.constantFrom('handler', '__proto__', 'constructor', 'routes', 'match', 'group', 'terminal', '@id'),
		fc.string(),
	),
});

test('500 configurations with mistakes are read, or refused with a path, and nothing else', () => {
	const outcomes = { read: 0, refused: 0 };
	fc.assert(
		fc.property(
			fc.constantFrom(...CONFIGS),
			fc.array(mutation, { minLength: 1, maxLength: 5 }),
			(config, mutations) => {
				const changed: unknown = JSON.parse(JSON.stringify(config));
				for (const { at, from, kind, value, name } of mutations) {
					const all = places(changed);
					const place = all[Math.floor(at * all.length)];
					const other = all[Math.floor(from * all.length)];
					if (!place || !other) break;
					const { holder, key } = place;
					if (kind === 'set') holder[key] = value;
					else if (kind === 'delete') delete holder[key];
					else if (kind === 'wrap') holder[key] = [holder[key]];
					else if (kind === 'copy') holder[key] = JSON.parse(JSON.stringify(other.holder[other.key] ?? null));
					else {
						Object.defineProperty(holder, name, {
							value: holder[key],
							enumerable: true,
							configurable: true,
							writable: true,
						});
					}
				}
				try {
					throughJson(adaptJson(JSON.stringify(changed), FILE));
					outcomes.read++;
				} catch (error) {
					if (!(error instanceof CaddyfileError)) throw error;
					outcomes.refused++;
					expect(error.message.startsWith(`${FILE}: `) || error.message.startsWith('/etc/igor/')).toBe(true);
				}
			},
		),
		{ numRuns: 500 },
	);
	expect(outcomes.read).toBeGreaterThan(30);
	expect(outcomes.refused).toBeGreaterThan(100);
});
