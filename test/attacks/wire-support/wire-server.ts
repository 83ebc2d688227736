import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Igor, writeApp } from '../../program/support/igor.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

const ACT = readFileSync(fileURLToPath(new URL('act.php', import.meta.url)), 'utf8');

const CADDYFILE = `{
	admin off
	http_port {$HTTP_PORT}
	https_port {$HTTPS_PORT}
	auto_https disable_redirects
	frankenphp {
		num_threads 4
		php_ini display_errors 0
		php_ini html_errors 0
	}
}

(app) {
	root public
	encode gzip
	php_server {
		worker worker.php 1
	}
}

http:// {
	import app
}

localhost {
	tls internal
	import app
}
`;

/** One thing that a script does, see act.php. */
export type Step =
	| readonly ['header', string, boolean?]
	| readonly ['status' | 'sleep', number]
	| readonly ['echo' | 'remove' | 'file', string]
	| readonly ['many', number, number]
	| readonly ['flush' | 'hints' | 'finish' | 'fatal' | 'server' | 'spin']
	| readonly ['buffer', string?];

export type Mode = 'classic' | 'worker';

/** What came over HTTP/2. */
export interface Http2Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
	/** Of the stream's end; 0 = as it should. */
	readonly code: number;
}

/** `igor run` with one app behind HTTP/1.1 and behind HTTP/2 over TLS. */
export class WireServer {
	readonly httpPort: number;
	readonly httpsPort: number;
	readonly igor: Igor;

	private constructor(igor: Igor, httpPort: number, httpsPort: number) {
		this.igor = igor;
		this.httpPort = httpPort;
		this.httpsPort = httpsPort;
	}

	/** @param program `php-server` has no HTTP/2 */
	static async start(program: 'run' | 'php-server' = 'run'): Promise<WireServer> {
		const folder = writeApp({
			Caddyfile: CADDYFILE,
			'public/act.php': ACT,
			'public/index.php': '<?php require __DIR__ . "/act.php"; act();',
			'public/worker.php':
				'<?php require __DIR__ . "/act.php"; while (frankenphp_handle_request(static fn () => act()));',
			'public/file.txt': 'the whole file\n',
		});
		const [httpPort, httpsPort] = await Promise.all([freePort(), freePort()]);
		const plain = ['--listen', `127.0.0.1:${httpPort}`, '--root', 'public', '--worker', 'public/worker.php,1'];
		const args = program === 'run' ? ['run'] : ['php-server', ...plain, '--php-ini', 'display_errors=0'];
		const igor = new Igor(args, folder, {
			HTTP_PORT: String(httpPort),
			HTTPS_PORT: String(httpsPort),
			XDG_DATA_HOME: join(folder, 'data'),
		});
		await igor.ready();
		return new WireServer(igor, httpPort, httpsPort);
	}

	/** The target of a request that makes a script do this. */
	target(mode: Mode, steps: readonly Step[]): string {
		const encoded = steps.map((step) => (step[0] === 'header' ? [step[0], base64(step[1]), step[2] ?? false] : step));
		const query = encodeURIComponent(Buffer.from(JSON.stringify(encoded)).toString('base64'));
		return `/${mode === 'worker' ? 'worker' : 'index'}.php?do=${query}`;
	}

	/** Sends these bytes, ends nothing, and resolves with all that came until the server closed the connection. */
	exchange(bytes: string | readonly string[]): Promise<string> {
		const pieces = typeof bytes === 'string' ? [bytes] : [...bytes];
		return new Promise((resolve, reject) => {
			let received = '';
			const socket = connect(this.httpPort, '127.0.0.1', () => {
				socket.setNoDelay(true);
				const next = (): void => {
					const piece = pieces.shift();
					// A packet of its own for each: the next one goes when the former has left, and a turn later.
					if (piece !== undefined) socket.write(piece, 'latin1', () => setTimeout(next, 20));
				};
				next();
			});
			socket.setEncoding('latin1').on('data', (chunk: string) => {
				received += chunk;
			});
			socket.setTimeout(20_000, () =>
				socket.destroy(new Error(`The server is silent; it sent: ${received.slice(0, 500)}`)),
			);
			let failure: Error | undefined;
			socket.on('error', (error) => {
				failure = error;
			});
			socket.on('close', () => {
				if (failure !== undefined && (failure as NodeJS.ErrnoException).code !== 'ECONNRESET') reject(failure);
				else resolve(received);
			});
		});
	}

	http2(): ClientHttp2Session {
		return connectHttp2(`https://localhost:${this.httpsPort}`, {
			rejectUnauthorized: false,
			maxHeaderListPairs: 20_000,
			settings: { maxHeaderListSize: 1024 * 1024 },
			lookup: (_name, options, done) => {
				if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
				else done(null, '127.0.0.1', 4);
			},
		});
	}

	/** Waits until a line of the log, after the first `from` characters, matches. */
	logged(pattern: RegExp, from = 0): Promise<string> {
		return eventually(`${pattern} in the log`, () =>
			this.igor.stderr
				.slice(from)
				.split('\n')
				.find((line) => pattern.test(line)),
		);
	}
}

/** Asks over HTTP/2; resolves when the stream is closed, however that comes. */
export function askHttp2(
	session: ClientHttp2Session,
	path: string,
	headers: Readonly<Record<string, string | string[]>> = {},
): Promise<Http2Answer> {
	return new Promise((resolve) => {
		let status = 0;
		let answer: Http2Answer['headers'] = {};
		let body = '';
		const stream = session.request({ ':path': path, ...headers });
		stream.setEncoding('latin1');
		stream.on('response', ({ ':status': given = 0, ...rest }) => {
			status = given;
			answer = rest;
		});
		stream.on('data', (chunk: string) => {
			body += chunk;
		});
		stream.on('error', () => {});
		stream.on('close', () =>
			resolve({ status, headers: answer, body, code: stream.rstCode ?? constants.NGHTTP2_NO_ERROR }),
		);
		stream.end();
	});
}

function base64(bytes: string): string {
	return Buffer.from(bytes, 'latin1').toString('base64');
}
