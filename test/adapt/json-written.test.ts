import { expect, test } from 'vitest';
import { adaptJson, writeCaddyJson } from '../../src/adapt/json/caddy-json.ts';
import { planEndpoints } from '../../src/scopes/site-endpoints.ts';
import { adapt, plain } from '../caddyfile/support.ts';

const written = (caddyfile: string) => plain(writeCaddyJson(adapt(caddyfile)));

test('a php_server is spelled out as FrankenPHP does it', () => {
	const caddyfile = `{
	frankenphp {
		num_threads 4
		worker /app/worker.php 2
	}
}
example.test {
	root /app/public
	encode br gzip
	php_server {
		env HOST {host}
		worker {
			file api.php
			match /api/*
		}
	}
}`;
	const php = {
		handler: 'php',
		split_path: ['.php'],
		env: { HOST: '{http.request.host}' },
		workers: [{ file_name: 'api.php', match_path: ['/api/*'] }],
		server_index: 1,
	};
	const file = { try_files: ['{http.request.uri.path}/index.php'] };
	const tried = ['{http.request.uri.path}', '{http.request.uri.path}/index.php', 'index.php'];
	const redirect = {
		handler: 'static_response',
		status_code: 308,
		headers: { Location: ['{http.request.orig_uri.path}/'] },
	};
	const rewrite = { handler: 'rewrite', uri: '{http.matchers.file.relative}{http.matchers.file.remainder}' };
	const encode = { handler: 'encode', encodings: { br: {}, gzip: {} }, prefer: ['br', 'gzip'] };
	expect(written(caddyfile)).toEqual({
		apps: {
			frankenphp: { num_threads: 4, workers: [{ file_name: '/app/worker.php', num: 2 }] },
			http: {
				servers: {
					srv0: {
						listen: [':443'],
						routes: [
							{
								match: [{ host: ['example.test'] }],
								handle: [
									{
										handler: 'subroute',
										routes: [
											{ handle: [{ handler: 'vars', root: '/app/public' }, encode] },
											{
												match: [{ file: { try_files: ['{http.request.uri.path}'] }, not: [{ path: ['*.php'] }] }],
												handle: [{ handler: 'file_server' }],
											},
											{ match: [{ path: ['/api/*'] }], handle: [php] },
											{ match: [{ file, not: [{ path: ['*/'] }] }], handle: [redirect] },
											{
												match: [
													{ file: { try_files: tried, try_policy: 'first_exist_fallback', split_path: ['.php'] } },
												],
												handle: [rewrite],
											},
											{ match: [{ path: ['*.php', '*.php/*'] }], handle: [php] },
											{ handle: [{ handler: 'file_server' }] },
										],
									},
								],
								terminal: true,
							},
						],
					},
				},
			},
		},
	});
});

test('global options, logs, certificates and addresses have their places in it', () => {
	const caddyfile = `{
	admin off
	debug
	http_port 8080
	grace_period 5s
	storage file_system /data
}
http://a.test:81 {
	log {
		output file /var/log/a {
			roll_keep 3
		}
	}
}
b.test, c.test {
	bind 127.0.0.1 ::1
	tls /b.crt /b.key
	log
}
:8443 {
	tls internal
}`;
	expect(written(caddyfile)).toEqual({
		admin: { disabled: true },
		logging: {
			logs: {
				default: { level: 'DEBUG', exclude: ['http.log.access.log0'] },
				log0: {
					writer: { output: 'file', filename: '/var/log/a', roll_size_mb: 100, roll_keep: 3, roll_keep_days: 90 },
					include: ['http.log.access.log0'],
				},
			},
		},
		storage: { module: 'file_system', root: '/data' },
		apps: {
			http: {
				http_port: 8080,
				grace_period: 5_000_000_000,
				servers: {
					srv0: {
						listen: [':81'],
						routes: [{ match: [{ host: ['a.test'] }], terminal: true }],
						automatic_https: { skip: ['a.test'] },
						logs: { logger_names: { 'a.test': ['log0'] } },
					},
					srv1: {
						listen: ['127.0.0.1:443', '[::1]:443'],
						routes: [{ match: [{ host: ['b.test', 'c.test'] }], terminal: true }],
						tls_connection_policies: [
							{ match: { sni: ['b.test', 'c.test'] }, certificate_selection: { any_tag: ['cert0'] } },
							{},
						],
						logs: { logger_names: { 'b.test': [''], 'c.test': [''] } },
					},
					srv2: { listen: [':8443'], tls_connection_policies: [{}] },
				},
			},
			tls: {
				certificates: { load_files: [{ certificate: '/b.crt', key: '/b.key', tags: ['cert0'] }] },
				automation: { policies: [{ issuers: [{ module: 'internal' }] }] },
			},
		},
	});
});

test.each([
	['a.test {\n}\nhttp://b.test {\n}'],
	['a.test {\n}\n:8080 {\n}\nhttps://c.test:8443 {\n}'],
	['{\n auto_https off\n}\nhttps://a.test, :80'],
	['{\n auto_https disable_redirects\n default_bind 127.0.0.1\n}\na.test {\n}\n*.b.test {\n}'],
	['{\n http_port 8080\n https_port 8443\n}\na.test:8080, a.test {\n}\n:8443 {\n tls internal\n}\nhttp:// {\n}'],
	['http://a.test:0 {\n}\nhttps://b.test:0 {\n}'],
])('the sockets of %j are the same', (caddyfile) => {
	const config = adapt(caddyfile);
	const again = adaptJson(JSON.stringify(writeCaddyJson(config)), 'caddy.json');
	const sockets = ({ sites, global }: typeof config) =>
		planEndpoints(sites, global)
			.map(({ hosts, ...socket }) => ({
				...socket,
				hosts: hosts.map(({ host, site, redirectPort }) => [host, site !== undefined, redirectPort]).sort(),
			}))
			.sort((a, b) => a.port - b.port || a.scheme.localeCompare(b.scheme));
	expect(sockets(again)).toEqual(sockets(config));
});

test('background workers are workers with a flag, globally and in a php_server', () => {
	const config = adapt(`{
	frankenphp {
		worker mail.php {
			name mail
			background
		}
	}
}
:80 {
	php_server {
		worker jobs.php {
			name jobs
			background
			num 2
			env A b
			watch *.php
			max_consecutive_failures -1
		}
		worker any.php {
			background
			max_threads 3
		}
	}
}`);
	expect(JSON.stringify(writeCaddyJson(config))).toContain('{"name":"mail","file_name":"mail.php","background":true}');
	const again = adaptJson(JSON.stringify(writeCaddyJson(config)), 'caddy.json');
	expect(plain(again.global.frankenphp)).toEqual(plain(config.global.frankenphp));
	const server = ({ sites }: typeof config) => plain(sites[0]?.directives.find(({ type }) => type === 'php_server'));
	expect(server(again)).toMatchObject({
		backgroundWorkers: (server(config) as { backgroundWorkers: object[] }).backgroundWorkers,
	});
});
