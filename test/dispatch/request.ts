import type { PhpRequest } from '../../src/http/php-port.ts';

/** A request of which nothing matters but what a test says. */
export function aRequest(given: Partial<PhpRequest> = {}): PhpRequest {
	return {
		worker: undefined,
		method: 'GET',
		requestUri: '/',
		queryString: '',
		scriptFilename: '/index.php',
		scriptName: '/index.php',
		pathInfo: '',
		documentRoot: '/',
		serverName: 'localhost',
		serverPort: 80,
		serverAddress: '127.0.0.1',
		remoteAddress: '127.0.0.1',
		remotePort: 1,
		https: false,
		tlsProtocol: '',
		tlsCipher: '',
		protocol: 1001,
		rawHeaders: [],
		contentLength: 0,
		hasBody: false,
		...given,
	};
}
