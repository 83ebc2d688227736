import { RequestUri } from '../../../src/site/request-uri.ts';
import type { RequestView } from '../../../src/site/request-view.ts';

/** A request for pure code: `GET https://www.Example.com:8443/TARGET`, changed by `more`. */
export function viewOf(
	target: string,
	more: Partial<RequestView> & { headers?: Record<string, string[]> } = {},
): RequestView {
	const [path = '', query = ''] = target.split(/\?(.*)/s);
	const uri = RequestUri.parse(path, query);
	if (uri === undefined) throw new Error(`${target} is malformed`);
	const values = new Map<string, string>();
	const { headers = {}, ...rest } = more;
	return {
		method: 'GET',
		host: 'www.Example.com:8443',
		protocol: 'HTTP/1.1',
		originalUri: uri,
		uri,
		client: { remoteAddress: '203.0.113.7', remotePort: 0, https: true },
		connection: {
			localAddress: '10.0.0.1',
			localPort: 8443,
			remoteAddress: '10.0.0.2',
			remotePort: 5000,
			tls: {
				version: 'tls1.3',
				cipher: 'TLS_AES_128_GCM_SHA256',
				protocol: 'h2',
				serverName: 'www.example.com',
				resumed: false,
			},
		},
		system: {
			env: (name) => (name === 'COLOUR' ? 'green' : ''),
			hostname: () => 'machine',
			os: 'linux',
			arch: 'amd64',
			folder: '/srv',
			readFile: (file) => `content of ${file}`,
			now: () => new Date(Date.UTC(2026, 1, 3, 4, 5, 6, 789)),
			uuid: () => '11111111-2222-4333-8444-555555555555',
			statusText: (status) => (status === 404 ? 'Not Found' : ''),
		},
		root: '/srv/site',
		error: undefined,
		age: 1500,
		headerValues: (name) => headers[name] ?? [],
		responseHeaderValues: (name) => (name === 'x-answer' ? ['42'] : []),
		value: (name) => values.get(name),
		setValue: (name, value) => values.set(name, value),
		...rest,
	};
}
