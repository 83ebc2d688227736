import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAccessLogger } from '../../../../src/platform/node/listeners/access-log.ts';
import { adapt } from '../../../caddyfile/support.ts';
import { askTwo, handler, open, options, portOf, session, site, temporaryFolder } from './support.ts';

test('bytes_read is what has come of a body, whether its length was announced or not', async () => {
	const folder = temporaryFolder();
	const [{ logs } = { logs: [] }] = adapt(':80 {\n\tlog {\n\t\toutput file access.log\n\t}\n}').sites;
	const access = createAccessLogger(logs, { folder });
	if (access === undefined) throw new Error('no access log');
	const reads = handler((asked, response) => {
		asked.resume();
		asked.on('end', () => void (response as { end(): unknown }).end());
	});
	const accessLog = access.log;
	const plain = await open([{ ...site('http://:0 {\n}', reads), accessLog }]);
	const secure = await open([{ ...site('https://localhost:0 {\n}', reads), accessLog }], options());
	for (const headers of [{ 'content-length': '5000' }, { 'transfer-encoding': 'chunked' }]) {
		const asked = request({ host: '127.0.0.1', port: portOf(plain), method: 'POST', headers, agent: false });
		asked.end('x'.repeat(5000));
		const [response] = await once(asked, 'response');
		response.resume();
		await once(response, 'end');
	}
	const client = session(portOf(secure, 'https'));
	await askTwo(client, { ':method': 'POST' }, 'x'.repeat(6000));
	client.close();
	await Promise.all([plain.close(5000), secure.close(5000)]);
	await access.close();
	const lines = readFileSync(join(folder, 'access.log'), 'utf8').trim().split('\n');
	expect(lines.map((line) => JSON.parse(line).bytes_read)).toEqual([5000, 5000, 6000]);
});
