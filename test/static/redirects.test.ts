import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalisePath } from '../../src/http/request-path.ts';
import { serveFile } from '../../src/platform/node/http/serve-file.ts';
import { TestServer, VERSIONS } from './support/serve.ts';

let root = '';
beforeAll(() => {
	root = realpathSync(mkdtempSync(join(tmpdir(), 'igor-redirects-')));
	mkdirSync(join(root, 'folder'));
	writeFileSync(join(root, 'folder/index.html'), 'the index');
});
afterAll(() => rmSync(root, { recursive: true }));

describe.each(VERSIONS)('redirects of folders, %s', (version) => {
	it.each([
		['/folder', '/folder/'],
		['/folder?a=1&b', '/folder/?a=1&b'],
		['//other.example/../folder', '/other.example/../folder/'],
		// Browsers read a backslash as a slash: these would lead to another host, too.
		['/\\other.example/..%2ffolder/../folder', '/other.example/..%2ffolder/../folder/'],
		['/\\\\other.example/../folder', '/other.example/../folder/'],
		['/\\/other.example/../../folder', '/other.example/../../folder/'],
	])('%s goes to %s', async (asked, location) => {
		await using server = await new TestServer(version, (request, response) => {
			const [originalPath = '', query = ''] = (request.url ?? '').split('?');
			const target = { path: normalisePath(originalPath) ?? '/', originalPath, query };
			const options = { root, hide: [], index: ['index.html'], browse: false, precompressed: [], canonicalUris: true };
			const fail = (status: number) => {
				response.statusCode = status;
				response.end();
			};
			if (!serveFile(request, response, target, options, fail)) fail(404);
		}).open();
		const answer = await server.ask({ path: asked });
		expect(answer).toMatchObject({ status: 308, headers: { location } });
		expect(new URL(answer.headers.location ?? '', 'http://this.example/').host).toBe('this.example');
	});
});
