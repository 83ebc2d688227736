import { describe, expect, test } from 'vitest';
import { adapt, directives, memoryHost, plain } from '../caddyfile/support.ts';

test('global options that change nothing, and those of sockets', () => {
	const { global } = adapt(`{
	email me@example.test
	local_certs
	skip_install_trust
	persist_config off
	storage file_system {
		root /data
	}
	default_bind 127.0.0.1 [::1]
	servers {
		protocols h1 h2
		trusted_proxies static private_ranges
		trusted_proxies_strict
		client_ip_headers X-Real-IP X-Forwarded-For
		timeouts {
			read_header 5s
			read_body 1m
			idle 2m
		}
	}
}
`);
	expect(global).toMatchObject({
		storage: '/data',
		defaultBind: ['127.0.0.1', '::1'],
		servers: {
			clientIpHeaders: ['x-real-ip', 'x-forwarded-for'],
			timeouts: { readHeader: 5000, readBody: 60_000, idle: 120_000 },
		},
	});
});

describe('a Caddyfile', () => {
	test('becomes global options and sites', () => {
		const config = adapt(
			`{
	admin off
	debug
	http_port {$PORT:8080}
	grace_period 1m30s
	log {
		level warn
		format json
		output file /var/log/igor.log
	}
	servers {
		trusted_proxies static private_ranges 192.0.2.0/24
	}
	frankenphp {
		num_threads 4
		max_threads auto
		max_wait_time 500ms
		max_requests 1000
		max_thread_memory 300MB
		extension redis
		extension intl
		php_ini memory_limit 256M
		php_ini {
			display_errors off
		}
		worker /app/worker.php 2
	}
}
(common) {
	encode zstd br gzip
	@static path *.css *.js
}
example.test, https://*.example.test:8443 {
	tls internal
	log
	import common
	header @static Cache-Control max-age=3600
	php_server
	handle_errors 404 5xx {
		respond "{err.status_code}"
	}
}
:81 {
	root /srv
	file_server browse
}
`,
		);
		expect(plain(config.global)).toMatchObject({
			admin: 'off',
			debug: true,
			httpPort: 8080,
			httpsPort: 443,
			gracePeriod: 90_000,
			logs: [{ level: 'WARN', format: 'json', output: { type: 'file', path: '/var/log/igor.log' } }],
			servers: { trustedProxies: ['private_ranges', '192.0.2.0/24'] },
			frankenphp: {
				numThreads: 4,
				maxThreads: 'auto',
				maxWaitTime: 500,
				maxRequests: 1000,
				maxThreadMemory: 300_000_000,
				extensions: ['redis', 'intl'],
				phpIni: { memory_limit: '256M', display_errors: 'off' },
				workers: [{ file: '/app/worker.php', num: 2, env: {}, watch: [], match: [] }],
			},
		});
		const [first, second] = config.sites;
		expect(plain(first)).toMatchObject({
			addresses: [{ host: 'example.test' }, { scheme: 'https', host: '*.example.test', port: 8443 }],
			matchers: { '@static': [{ type: 'path', patterns: ['*.css', '*.js'] }] },
			directives: [{ type: 'header' }, { type: 'encode' }, { type: 'php_server' }],
			errorHandlers: [{ statuses: [404, '5xx'], directives: [{ type: 'respond', body: '{err.status_code}' }] }],
			tls: { source: 'internal' },
			logs: [{}],
		});
		expect(plain(second)).toMatchObject({
			directives: [
				{ type: 'root', path: '/srv' },
				{ type: 'file_server', browse: true },
			],
		});
		expect(config.warnings).toEqual([]);
	});

	test('of the kind that FrankenPHP ships is adapted, with its environment and without', () => {
		const text = `{
	skip_install_trust
	{$GLOBAL}
	frankenphp {
		{$FRANKENPHP_CONFIG}
	}
}
{$EXTRA}
{$SERVER_NAME:localhost} {
	root {$SERVER_ROOT:public/}
	encode zstd br gzip
	php_server {
		#worker /path
	}
}
import Caddyfile.d/*.caddyfile
`;
		expect(adapt(text).sites).toMatchObject([{ addresses: [{ host: 'localhost' }] }]);
		const variables = { FRANKENPHP_CONFIG: 'worker w.php 2\nnum_threads 3', SERVER_NAME: 'a.test, :81' };
		expect(adapt(text, memoryHost({}, variables))).toMatchObject({
			global: { frankenphp: { numThreads: 3, workers: [{ file: 'w.php', num: 2 }] } },
			sites: [{ addresses: [{ host: 'a.test' }, { port: 81 }] }],
		});
	});

	test('is plain data, with positions and without the text of the file', () => {
		const json = JSON.stringify(adapt('# secret\n:80 {\n\trespond hi\n}'));
		expect(json).toContain('"position":{"file":"/etc/igor/Caddyfile","line":3,"column":2}');
		expect(json).not.toContain('secret');
	});

	test('has its directives in the order of Caddy', () => {
		const types = directives(
			'file_server',
			'php_server',
			'respond a',
			'encode',
			'redir /a /b',
			'root /srv',
			'header A b',
		);
		expect(types.map(({ type }) => type)).toEqual([
			'root',
			'header',
			'redir',
			'encode',
			'respond',
			'php_server',
			'file_server',
		]);
	});

	test('sorts directives of one name by their path, the more specific first', () => {
		const bodies = (...lines: string[]) =>
			directives('@get method GET', ...lines).map((each) => each.type === 'respond' && each.body);
		expect(bodies('respond all', 'respond /a* a*', 'respond @get get', 'respond /a a', 'respond /abc* abc')).toEqual([
			'a*',
			'get',
			'abc',
			'a',
			'all',
		]);
		expect(bodies('respond /a* a*', 'respond /b b', 'respond /a a', 'respond /abc* abc')).toEqual([
			'abc',
			'a',
			'a*',
			'b',
		]);
	});

	test('may change the order', () => {
		const { sites } = adapt(
			'{\n order php_server before header\n order respond first\n}\n:80\nheader A b\nphp_server\nrespond a',
		);
		expect(sites[0]!.directives.map(({ type }) => type)).toEqual(['respond', 'php_server', 'header']);
	});
});
