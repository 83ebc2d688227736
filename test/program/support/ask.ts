import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions } from 'node:tls';

/** What a server answered. */
export interface Reply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** What to ask beyond the path. */
export interface Question {
	readonly host: string;
	readonly port: number;
	readonly path: string;
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** PEM: TLS is spoken, and this authority trusted. */
	readonly ca?: string;
}

/** Handed on to TLS, but missing in the types of requests. */
const HTTP1_ONLY: Pick<ConnectionOptions, 'ALPNProtocols'> = { ALPNProtocols: ['http/1.1'] };

/** Asks 127.0.0.1 by HTTP/1.1, as if `host` had led there. */
export async function askHttp1({ host, port, path, method = 'GET', headers = {}, body, ca }: Question): Promise<Reply> {
	const common = { hostname: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false };
	const request =
		ca === undefined ? httpRequest(common) : httpsRequest({ ...common, ca, servername: host, ...HTTP1_ONLY });
	request.end(body);
	const [response] = await once(request, 'response');
	return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** The same by HTTP/2. */
export async function askHttp2({ host, port, path, method = 'GET', headers = {}, body, ca }: Question): Promise<Reply> {
	const session = connect(`https://${host}:${port}`, {
		...(ca !== undefined && { ca }),
		servername: host,
		lookup: (_name, options, done) => {
			if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
			else done(null, '127.0.0.1', 4);
		},
	});
	try {
		const stream = session.request({ ':path': path, ':method': method, ...headers });
		stream.end(body);
		const [answer] = await once(stream, 'response');
		const { ':status': status = 0, ...rest } = answer;
		return { status, headers: rest, body: await text(stream) };
	} finally {
		session.close();
	}
}
