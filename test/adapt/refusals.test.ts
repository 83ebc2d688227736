import { describe, expect, test } from 'vitest';
import { adapt, memoryHost, refusal, refused } from '../caddyfile/support.ts';

describe('refusals', () => {
	test('quote the line, say what was expected and what may be meant', () => {
		const error = refusal(() => adapt(':80 {\n\tphp_server {\n\t\tsidekik_entrypoint /app/console\n\t}\n}\n'));
		expect(error.message).toBe(
			"/etc/igor/Caddyfile:3:3: unknown word 'sidekik_entrypoint' in 'php_server'; expected env, file_server, index, " +
				'name, network, processes, request_body_timeout, resolve_root_symlink, root, sidekick, sidekick_entrypoint, split, ' +
				"split_path, try_files, visible, worker; did you mean 'sidekick_entrypoint'?\n" +
				'    \t\tsidekik_entrypoint /app/console\n    \t\t^',
		);
		expect(error).toMatchObject({ code: 'unknown_option', suggestion: 'sidekick_entrypoint' });
	});

	test('an extension that is not there names those that are', () => {
		const error = refusal(() => adapt('{\n\tfrankenphp {\n\t\textension imagick\n\t}\n}\n'));
		expect(error.message).toContain("there is no PHP extension 'imagick'");
		expect(error.message).toContain('intl, redis');
	});

	test.each([
		'cert_issuer internal',
		'key_type rsa2048',
		'on_demand_tls {\n}',
	])('the global option %s is refused by its name', (line) => {
		expect(refusal(() => adapt(`{\n ${line}\n}`))).toMatchObject({
			code: 'unsupported',
			position: { line: 2, column: 2 },
		});
	});

	test("Caddy's JSON, and what igor adapt prints", () => {
		expect(refusal(() => adapt('{"apps":{}}')).message).toContain(
			':1:1: this is JSON, and no Caddyfile; give the file a name',
		);
		expect(refused('{ "debug" }')).not.toContain('unsupported');
	});

	test('a second site without braces gets a hint', () => {
		const error = refusal(() => adapt('a.test\nrespond a\nb.test {\n respond b\n}'));
		expect(error).toMatchObject({ code: 'unknown_directive', position: { line: 3, column: 1 } });
		expect(error.message).toContain('second site');
	});

	test('a directive that nobody knows', () => {
		expect(refused('respnd x')).toBe('2:1 unknown_directive');
	});

	test.each([
		['{\n http_port 80x\n}', '2:12 bad_value'],
		['{\n frankenphp {\n  num_threads 4\n  max_threads 2\n }\n}', '4:3 conflict'],
		['{\n frankenphp {\n  worker {\n  }\n }\n}', '3:3 bad_arguments'],
		['{\n frankenphp {\n  worker a.php {\n   match /x\n  }\n }\n}', '4:4 conflict'],
		['{\n admin here:there\n}', '2:8 bad_value'],
		['{\n admin unix//run/admin.sock\n}', '2:8 bad_value'],
		['{\n email\n}', '2:2 bad_arguments'],
		['{\n storage redis x\n}', '2:10 unsupported'],
		['{\n storage file_system\n}', '2:2 bad_arguments'],
		['{\n persist_config on\n}', '2:17 bad_value'],
		['{\n default_bind unix//run/x\n}', '2:15 unsupported'],
		['{\n servers {\n  protocols h1 h2 h3\n }\n}', '3:19 unsupported'],
		['{\n servers {\n  protocols h1\n }\n}', '3:13 unsupported'],
		['{\n servers {\n  timeouts {\n   write 1s\n  }\n }\n}', '4:4 unsupported'],
		['{\n servers {\n  client_ip_headers a:b\n }\n}', '3:21 bad_value'],
		['{\n debug on\n}', '2:8 bad_arguments'],
		['{\n auto_https prefer_wildcard\n}', '2:13 unsupported'],
		['{\n order x first\n}', '2:8 bad_value'],
		['{\n debug\n debug\n}', '3:2 conflict'],
		['respond hi', '1:1 bad_syntax'],
		[':80 {\n}\n:80 {\n}', '3:1 conflict'],
	])('%j at %s', (text, expected) => {
		const { code, position } = refusal(() => adapt(text));
		expect(`${position.line}:${position.column} ${code}`).toBe(expected);
	});

	test('an error in an imported file is shown there', () => {
		const host = memoryHost({ '/etc/igor/php.conf': 'php_server {\n  env ONLY\n}' });
		const error = refusal(() => adapt(':80 {\n import php.conf\n}', host));
		expect(error.message).toMatch(
			/^\/etc\/igor\/php\.conf:2:3: 'env' lacks an argument; expected a value.*\n {6}env ONLY\n {6}\^$/,
		);
	});
});
