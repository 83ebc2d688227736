import { expect, test } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import { adaptJson, writeCaddyJson } from '../../src/adapt/json/caddy-json.ts';
import { CaddyfileError } from '../../src/caddyfile/errors.ts';
import { SAMPLES } from '../adapt/samples.ts';
import { memoryHost } from '../caddyfile/support.ts';

/** What the samples do not have. */
const MORE = `:80 {
	vars greeting hello
	map {host} {who} {
		a.test ann
		default nobody
	}
	basic_auth {
		ann $2a$04$X3ulqf/iGxnf1k6oMZ.RZeJUoqI9PX2PM4rS5lkIKJXduLGXGPrt6
	}
	encode {
		gzip 5
		zstd fastest
		minimum_length 300
		match {
			status 2xx
			header Content-Type text/*
		}
	}
	uri replace /a /b 1
	uri query {
		+a b
		c>d
		-e
	}
	header X-A a b
	request_body {
		max_size 1MB
	}
	redir /old /new 301
	respond /text "text" 200
	error /error "gone" 410
	php_server {
		resolve_root_symlink
		sidekick {
			entrypoint console
			max_snapshot_size 1MB
			max_consecutive_failures 3
		}
	}
}
`;
const HOST = memoryHost(
	{
		'/etc/igor/common.conf': 'encode zstd br gzip\nheader -Server\n{block}\n',
		'/etc/igor/sites/a.conf': 'a.test {\n\trespond {args[0]}\n}\n',
	},
	{ PORT: '8081', LINES: 'a' },
);
const configs = [...SAMPLES, MORE].map((text) =>
	JSON.parse(JSON.stringify(writeCaddyJson(adaptCaddyfile(text, '/etc/igor/Caddyfile', HOST)))),
);

/** The values in an object or a list, with where they are. */
function* leaves(tree: object, path = ''): Generator<{ holder: object; key: string; path: string }> {
	for (const [key, value] of Object.entries(tree)) {
		const place = Array.isArray(tree) ? `${path}[]` : `${path}.${key}`;
		if (typeof value === 'object' && value !== null) yield* leaves(value, place);
		else yield { holder: tree, key, path: place };
	}
}

/** Where a value is still taken when it becomes one of another kind: the last two names of each place. */
function takenAs(change: (value: unknown) => unknown): string[] {
	const taken = new Set<string>();
	for (const config of configs) {
		for (const { holder, key, path } of [...leaves(config)]) {
			const value: unknown = Reflect.get(holder, key);
			const other = change(value);
			if (other === undefined) continue;
			Reflect.set(holder, key, other);
			try {
				adaptJson(JSON.stringify(config), '/etc/igor/caddy.json');
				taken.add(path.split('.').slice(-2).join('.'));
			} catch (error) {
				if (!(error instanceof CaddyfileError)) throw error;
			}
			Reflect.set(holder, key, value);
		}
	}
	return [...taken].sort();
}

test('a number in place of a text is refused, but where Caddy takes both', () => {
	expect(takenAs((value) => (typeof value === 'string' ? 5 : undefined))).toEqual([
		// Caddy keeps any value in these.
		'handle[].greeting',
		'mappings[].outputs[]',
	]);
});

test('a text in place of a number is refused, but where Caddy takes both', () => {
	expect(takenAs((value) => (typeof value === 'number' ? String(value) : undefined))).toEqual([
		// It changes nothing, and nobody looks at it.
		'handle[].server_index',
		'handle[].status_code',
		// `8MB`, as in a Caddyfile.
		'sidekick.max_snapshot_size',
	]);
});
