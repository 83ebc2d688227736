import { describe, expect, test } from 'vitest';
import { Template } from '../../../src/site/template.ts';
import { viewOf } from './view.ts';

const view = viewOf('/a/b%20c/file.tar.gz?x=1&y=a+b&x=2', {
	headers: { 'x-one': ['1', 'é'], cookie: ['a=1; Theme="dark"', 'b=2'] },
	error: { status: 404, message: 'nothing here', id: 'abc' },
});

describe('placeholders', () => {
	test.each([
		['{method} {scheme} {host} {port} {hostport}', 'GET https www.Example.com 8443 www.Example.com:8443'],
		['{uri}', '/a/b%20c/file.tar.gz?x=1&y=a+b&x=2'],
		['{path}', '/a/b c/file.tar.gz'],
		['{%path}', '%2Fa%2Fb+c%2Ffile.tar.gz'],
		['{dir}|{file}|{file.base}|{file.ext}', '/a/b c/|file.tar.gz|file.tar|.gz'],
		['{path.0}|{path.1}|{path.9}', 'a|b c|'],
		['{query}|{?query}|{query.x}|{query.y}|{query.z}', 'x=1&y=a+b&x=2|?x=1&y=a+b&x=2|1,2|a b|'],
		['{header.X-One}|{header.missing}|', '1,é||'],
		['{cookie.a}{cookie.b}{cookie.theme}', '12dark'],
		['{labels.0}.{labels.1}.{labels.2}.{labels.3}', 'com.example.www.'],
		['{client_ip} {remote_host} {remote_port} {remote}', '203.0.113.7 10.0.0.2 5000 10.0.0.2:5000'],
		['{http.request.local} {http.request.proto} {http.request.proto_name}', '10.0.0.1:8443 HTTP/1.1 HTTP/1.1'],
		['{tls_version} {tls_cipher} {http.request.tls.server_name}', 'tls1.3 TLS_AES_128_GCM_SHA256 www.example.com'],
		['{err.status_code} {err.status_text} {err.message} {err.id}', '404 Not Found nothing here abc'],
		['{vars.root} {http.vars.root} {vars.other}', '/srv/site /srv/site '],
		[
			'{env.COLOUR}{env.NONE} {system.hostname} {system.os} {system.arch} {system.wd}',
			'green machine linux amd64 /srv',
		],
		['{time.now.year} {time.now.unix} {time.now.unix_ms}', '2026 1770091506 1770091506789'],
		['{time.now.http}', 'Tue, 03 Feb 2026 04:05:06 GMT'],
		['{file./etc/name}', 'content of /etc/name'],
		['{http.response.header.X-Answer}', '42'],
		['{uuid} {http.request.duration_ms}', '11111111-2222-4333-8444-555555555555 1500'],
		['\\{path\\}', '{path}'],
		['{', '{'],
		['}{', '}{'],
	])('%s → %s', (text, expected) => {
		expect(new Template(text).evaluate(view)).toBe(expected);
	});

	test.each([
		['{nothing.at.all}', '', '{nothing.at.all}'],
		['{cookie.none}', '', '{http.request.cookie.none}'],
		['{file_match.relative}', '', '{http.matchers.file.relative}'],
		['{"a": "{path}", "b": {"c": 1}}', '", "b": }', '{"a": "/a/b c/file.tar.gz", "b": {"c": 1}}'],
		['{constructor}{err.toString}', '', '{constructor}{err.toString}'],
	])('%s: what nobody knows is empty or stays, depending on the place', (text, empty, keep) => {
		expect(new Template(text).evaluate(view)).toBe(empty);
		expect(new Template(text, 'keep').evaluate(view)).toBe(keep);
	});

	test('values are never read as placeholders again', () => {
		const sly = viewOf('/x', { headers: { 'x-sly': ['{env.COLOUR}'] } });
		expect(new Template('{header.x-sly}').evaluate(sly)).toBe('{env.COLOUR}');
	});

	test('a text without placeholders is known from the start', () => {
		expect(new Template('plain').constant).toBe('plain');
		expect(new Template('{path}').constant).toBe(undefined);
	});
});
