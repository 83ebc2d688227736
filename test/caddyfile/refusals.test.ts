import { describe, expect, test } from 'vitest';
import { adapt, memoryHost, refusal, refused } from './support.ts';

describe('refusals', () => {
	test('quote the line, say what was expected and what may be meant', () => {
		const error = refusal(() => adapt(':80 {\n\tphp_server {\n\t\tsidekik_entrypoint /app/console\n\t}\n}\n'));
		expect(error.message).toBe(
			"/etc/igor/Caddyfile:3:3: unknown word 'sidekik_entrypoint' in 'php_server'; expected env, file_server, index, " +
				'name, network, processes, request_body_timeout, resolve_root_symlink, root, sidekick, sidekick_entrypoint, split, ' +
				"split_path, try_files, worker; did you mean 'sidekick_entrypoint'?\n" +
				'    \t\tsidekik_entrypoint /app/console\n    \t\t^',
		);
		expect(error).toMatchObject({ code: 'unknown_option', suggestion: 'sidekick_entrypoint' });
	});

	test('say when an argument was taken for a matcher', () => {
		expect(refusal(() => adapt(':80 {\n redir /new\n}')).message).toContain("write '*' before it");
	});

	test('an extension that is not there names those that are', () => {
		const error = refusal(() => adapt('{\n\tfrankenphp {\n\t\textension imagick\n\t}\n}\n'));
		expect(error.message).toContain("there is no PHP extension 'imagick'");
		expect(error.message).toContain('intl, redis');
	});

	test.each([
		'reverse_proxy',
		'php_fastcgi',
		'templates',
		'bind',
		'mercure',
		'vulcain',
		'acme_server',
		'timeouts',
	])('%s is refused by its name', (name) => {
		const error = refusal(() => adapt(`:80 {\n ${name} x\n}`));
		expect(error).toMatchObject({ code: 'unsupported', position: { line: 2, column: 2 } });
		expect(error.message).toContain(`the directive '${name}' is not supported by Igor`);
	});

	test.each([
		'email me@example.test',
		'storage file_system',
		'local_certs',
		'on_demand_tls {\n}',
	])('the global option %s is refused by its name', (line) => {
		expect(refusal(() => adapt(`{\n ${line}\n}`))).toMatchObject({
			code: 'unsupported',
			position: { line: 2, column: 2 },
		});
	});

	test('a second site without braces gets a hint', () => {
		const error = refusal(() => adapt('a.test\nrespond a\nb.test {\n respond b\n}'));
		expect(error).toMatchObject({ code: 'unknown_directive', position: { line: 3, column: 1 } });
		expect(error.message).toContain('second site');
	});

	test.each([
		['respond', '2:1 bad_arguments'],
		['respond a b c', '2:13 bad_arguments'],
		['respond a 999999', '2:11 bad_value'],
		['redir /new', '2:1 bad_arguments'],
		['redir * /new 500', '2:14 bad_value'],
		['root', '2:1 bad_arguments'],
		['respond @none x', '2:9 bad_matcher'],
		['@m path api', '2:9 bad_matcher'],
		['@m pth /x', '2:4 bad_matcher'],
		['@m expression x', '2:4 unsupported'],
		['@m `path("/x")`', '2:4 unsupported'],
		['@m', '2:1 bad_matcher'],
		['@m path /x\n@m path /y', '3:1 conflict'],
		['handle x {\n}', '2:8 bad_arguments'],
		['handle_path x {\n}', '2:13 bad_matcher'],
		['handle {\n tls internal\n}', '3:2 bad_arguments'],
		['handle_errors 40 {\n}', '2:15 bad_value'],
		['tls me@example.test', '2:5 unsupported'],
		['tls internal {\n alpn h2\n}', '3:2 unsupported'],
		['tls internal\ntls internal', '3:1 conflict'],
		['encode lz4', '2:8 bad_value'],
		['basic_auth', '2:1 bad_arguments'],
		['basic_auth {\n bob\n}', '3:2 bad_arguments'],
		['uri strip x', '2:5 bad_value'],
		['uri path_regexp ( x', '2:17 bad_value'],
		['request_body {\n max_size big\n}', '3:11 bad_value'],
		['log {\n output net x\n}', '3:9 unsupported'],
		['header', '2:1 bad_arguments'],
		['file_server brwose', '2:13 bad_value'],
		['try_files', '2:1 bad_arguments'],
		['respnd x', '2:1 unknown_directive'],
	])('%j at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});

	test.each([
		['{\n http_port 80x\n}', '2:12 bad_value'],
		['{\n frankenphp {\n  num_threads 4\n  max_threads 2\n }\n}', '4:3 conflict'],
		['{\n frankenphp {\n  worker {\n  }\n }\n}', '3:3 bad_arguments'],
		['{\n frankenphp {\n  worker a.php {\n   match /x\n  }\n }\n}', '4:4 conflict'],
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
