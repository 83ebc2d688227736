import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Logger } from '../../src/log/logger.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { raw } from '../http/stub-application.ts';
import { serveSite } from './serve-site.ts';

const DIRECTIVES = `
	root {query.root}
	header {
		X-Echo "{header.X-A}|{path}|{query.x}|{cookie.c}|{labels.0}"
		{header.X-Name} {uri}
		>X-Late {query}
		-X-{query.x}
		X-Edit {query.x} {path}
	}
	request_body {
		max_size 100
	}
	@any {
		path /p/{query.x}* /%2F*
		header X-A {query.x}*
		query x={header.X-A}
		host {query.x}
	}
	respond @any any
	handle_path /strip* {
		rewrite {path}{header.X-A}?{query}&{query.x}={header.X-A}
		uri replace {query.x} {header.X-A}
		uri path_regexp /{2,} {query.x}
		uri strip_suffix {query.x}
		uri query {query.x} {path}
		redir "{uri}{header.X-A}"
	}
	handle /files* {
		uri strip_prefix /files
		try_files {path} {path}/{query.x} {header.X-A}* /sub/*
		file_server
	}
	handle /status* {
		respond "{uri}" "{query.x}"
	}
	handle /error* {
		error "{uri}" "{query.x}"
	}
	php_server
	handle_errors 4xx {
		rewrite {query.x}
		php_server
	}
	handle_errors {
		respond "{err.message}" "{header.X-A}"
	}`;

/** Without spaces and line breaks: those would be another request. */
const word = fc
	.array(
		fc.constantFrom(
			'%',
			'%2e',
			'%2F',
			'%00',
			'%zz',
			'..',
			'/',
			'//',
			'?',
			'&',
			'=',
			'{path}',
			'{',
			'}',
			'*',
			'[',
			'\\',
			':',
			'\xff',
			'a',
			'200',
			'404',
			'.php',
			';',
			'"',
			"'",
			'#',
			'$1',
		),
		{ maxLength: 8 },
	)
	.map((parts) => parts.join(''));

test('whatever is asked is answered, and nothing is thrown', async () => {
	const thrown: unknown[] = [];
	const log: Logger = {
		...silentLogger,
		error: (message, context) => {
			if (context?.error !== undefined) thrown.push(message, context);
		},
	};
	const { url, idle } = await serveSite(DIRECTIVES, { files: { 'index.php': '', 'sub/a.txt': 'a', 'a.php': '' }, log });
	const prefix = fc.constantFrom('', 'p/', 'strip', 'files/', 'status', 'error', 'a.php/');
	await fc.assert(
		fc.asyncProperty(
			prefix,
			word,
			word,
			word,
			word,
			fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
			async (start, path, x, header, host, method) => {
				const target = `/${start}${path.replaceAll('?', '')}?x=${x}&root=${header}`.replaceAll('#', '');
				const body = 'x'.repeat(path.length * 5);
				const head = `${method} ${target} HTTP/1.1\r\nHost: h${host}\r\nX-A: ${header}\r\nX-Name: ${x}\r\nCookie: c=${x}\r\n`;
				const answer = await raw(url, `${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
				expect(answer).toMatch(/^HTTP\/1\.1 [2-9]\d\d /);
			},
		),
		{ numRuns: 1500 },
	);
	expect(thrown).toEqual([]);
	await idle();
});
