import { get, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { useApplication } from '../../support/use-application.ts';

const app = useApplication({ threads: 1, listen: '127.0.0.1:0' });

/** A request over the socket, with the informational responses that came before the answer. */
function getWithHints(path: string): Promise<{
	hints: { status: number; headers: IncomingHttpHeaders }[];
	status: number | undefined;
	headers: IncomingHttpHeaders;
	body: string;
}> {
	return new Promise((resolve, reject) => {
		const hints: { status: number; headers: IncomingHttpHeaders }[] = [];
		const request = get(`${app().server.url}${path}`, { agent: false }, async (response) => {
			const body = (await response.setEncoding('utf8').toArray()).join('');
			resolve({ hints, status: response.statusCode, headers: response.headers, body });
		});
		request.on('information', ({ statusCode, headers }) => hints.push({ status: statusCode, headers }));
		request.on('error', reject);
	});
}

test.each(MODES)('headers_send(103) sends early hints before the answer, in %s mode', async (mode) => {
	const { hints, status, headers, body } = await getWithHints(Application.path(mode, 'early-hints'));
	expect(hints).toHaveLength(1);
	expect(hints[0]).toMatchObject({ status: 103, headers: { link: '</style.css>; rel=preload; as=style' } });
	expect(status).toBe(201);
	expect(headers['x-final']).toBe('yes');
	expect(headers.link).toBeUndefined();
	expect(JSON.parse(body)).toMatchObject({ value: { status: 201, sent: false } });
});
