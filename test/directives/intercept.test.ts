import { describe, expect, test } from 'vitest';
import { directives, refused } from '../caddyfile/support.ts';
import type { Script } from '../http/stub-application.ts';
import { serveSite } from '../site/serve-site.ts';

/** PHP that names a file, or answers with a status. */
const script: Script = (request, sink) => {
	const status = Number(/\d{3}/.exec(request.requestUri)?.[0] ?? 200);
	const headers = ['Content-Type', 'text/plain', 'X-File', '/b c.txt', 'X-Own', 'yes', 'Content-Length', '3'];
	setImmediate(() => {
		sink.head(status, undefined, headers);
		sink.write(new TextEncoder().encode('php'));
		sink.end();
	});
	return undefined;
};

describe('intercept', () => {
	test('handlers without a matcher come last', () => {
		expect(
			directives(
				'intercept {\n handle_response {\n respond x\n }\n @e status 5xx\n replace_status @e 500\n @f {\n header X-A *\n status 404\n }\n handle_response @f {\n error 404\n }\n}',
			),
		).toMatchObject([
			{
				handlers: [
					{ match: { statuses: ['5xx'] }, status: 500 },
					{ match: { statuses: [404] }, directives: [{ type: 'error' }] },
					{ directives: [{ type: 'respond' }] },
				],
			},
		]);
	});

	test.each(['HTTP/1', 'HTTP/2'])('another status, another answer, or the same after all (%s)', async (version) => {
		const { ask, idle } = await serveSite(
			`root .
			header >X-Outer yes
			intercept {
				@gone status 410
				replace_status @gone 404
				@error status 5xx
				handle_response @error {
					respond "{resp.status_code} of {http.intercept.header.X-Own}" 502
				}
				@file {
					status 200
					header X-File *
				}
				handle_response @file {
					rewrite {resp.header.X-File}
					header -X-File
					file_server
				}
				@kept status 201
				handle_response @kept {
					header X-Added yes
				}
				@broken status 202
				handle_response @broken {
					error "not here" 418
				}
			}
			php_server
			handle_errors {
				respond "error {err.status_code}"
			}`,
			{ files: { 'index.php': '', 'b c.txt': 'the file' }, script, http2: version === 'HTTP/2' },
		);
		expect(await ask('/x410')).toMatchObject({
			status: 404,
			body: 'php',
			headers: { 'x-own': 'yes', 'x-outer': 'yes' },
		});
		expect(await ask('/x503')).toMatchObject({ status: 502, body: '503 of yes', headers: { 'x-outer': 'yes' } });
		const file = await ask('/x200');
		expect(file).toMatchObject({ status: 200, body: 'the file', headers: { 'content-length': '8', 'x-own': 'yes' } });
		expect(file.headers).not.toHaveProperty('x-file');
		const kept = await ask('/x201');
		expect(kept).toMatchObject({ status: 201, body: 'php', headers: { 'x-added': 'yes', 'content-length': '3' } });
		expect(await ask('/x202')).toMatchObject({ status: 418, body: 'error 418' });
		expect(await ask('/x404')).toMatchObject({ status: 404, body: 'php' });
		await idle();
	});

	test.each([
		['intercept x', '2:11 bad_arguments'],
		['intercept {\n replace_status @none 404\n}', '3:17 bad_matcher'],
		['intercept {\n handle_response {\n  php\n }\n}', '3:2 unsupported'],
		['intercept {\n copy_response\n}', '3:2 unknown_option'],
	])('%j is refused at %s', (line, expected) => {
		expect(refused(line)).toBe(expected);
	});
});
