import { serve } from 'igor-php';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../src/index.ts';
import { folderWith } from './stub-application.ts';

const SEND = `<?php
header('Content-Type: application/x-note');
header('X-Trace: ' . $_SERVER['REQUEST_METHOD'] . strlen(file_get_contents('php://input')));
header($_GET['header'] . ': ' . str_replace('ROOT', __DIR__, $_GET['file']));
echo str_repeat('never seen', (int) ($_GET['times'] ?? 1));
if (isset($_GET['flush'])) { flush(); echo 'nor this'; }
`;
const WORKER = `<?php while (frankenphp_handle_request(static function (): void { ${SEND.slice(5)} })) {}`;
const FACTS = `<?php
echo json_encode(array_intersect_key($_SERVER, array_flip([
	'REQUEST_URI', 'QUERY_STRING', 'SCRIPT_NAME', 'PATH_INFO', 'PHP_SELF', 'SERVER_PROTOCOL', 'REMOTE_ADDR', 'REMOTE_USER',
])));`;

describe.each(['send.php', 'worker.php'])('php-server with real PHP: %s', (script) => {
	let server: Server;

	beforeAll(async () => {
		const root = folderWith({
			'send.php': SEND,
			'worker.php': WORKER,
			'index.php': FACTS,
			'notes/one.txt': 'first note',
		});
		server = await serve({
			root,
			listen: '127.0.0.1:0',
			workers: [{ file: `${root}/worker.php`, num: 1 }],
			threads: 1,
			log: false,
		});
	});
	afterAll(() => server.close());

	const ask = (header: string, file: string, more = '', init: RequestInit = {}) =>
		fetch(`${server.url}/${script}?${new URLSearchParams({ header, file })}${more}`, init);

	test.each([
		['X-Accel-Redirect', '/notes/one.txt', ''],
		['X-Sendfile', 'ROOT/notes/one.txt', ''],
		['X-Accel-Redirect', '/notes/one.txt', '&flush'],
		['X-Sendfile', 'ROOT/notes/one.txt', '&times=50000'],
	])('%s: %s %s', async (header, file, more) => {
		const answer = await ask(header, file, more, { method: 'POST', body: 'abc' });
		expect([answer.status, await answer.text()]).toEqual([200, 'first note']);
		expect(answer.headers.get('content-type')).toBe('application/x-note');
		expect(answer.headers.get('x-trace')).toBe('POST3');
		const part = await ask(header, file, more, { headers: { range: 'bytes=6-' } });
		expect([part.status, await part.text()]).toEqual([206, 'note']);
		const refused = await ask(header, '/etc/passwd', more);
		expect([refused.status, await refused.text()]).toEqual([404, '404 Not Found\n']);
	});

	test('the next request is none the worse for it', async () => {
		await (await ask('X-Accel-Redirect', '/notes/one.txt', '&flush')).text();
		const facts = await (await fetch(`${server.url}/any/page?x=1`)).json();
		expect(facts).toMatchObject({
			REQUEST_URI: '/any/page?x=1',
			QUERY_STRING: 'x=1',
			SCRIPT_NAME: '/index.php',
			SERVER_PROTOCOL: 'HTTP/1.1',
			REMOTE_ADDR: '127.0.0.1',
		});
	});
});
