import { type CheckedRequest, checkRequest, type RequestProblem } from '../../../http/request-check.ts';
import type { Logger } from '../../../log/logger.ts';
import type { HttpRequest, HttpResponse } from '../http/http-messages.ts';
import { writeHead } from '../http/http-response.ts';

/**
 * Checks the head of a request and completes it: one Host, a target without an authority. What is wrong is answered with
 * a sentence, and logged. Right at the start, before anybody goes by the host.
 *
 * @returns whether the request may go on
 */
export function admitRequest(request: HttpRequest, response: HttpResponse, log: Logger): boolean {
	const { rawHeaders } = request;
	const target = request.url ?? '/';
	const isHttp2 = 'stream' in request;
	const checked: CheckedRequest = {
		target,
		rawHeaders,
		// A request line may claim to be HTTP/2.0.
		version: {
			major: isHttp2 === (request.httpVersionMajor === 2) ? request.httpVersionMajor : 0,
			minor: request.httpVersionMinor,
		},
	};
	const problem = checkRequest(checked);
	if (problem !== undefined) {
		refuse(request, response, problem, log);
		return false;
	}
	if (checked.target !== target) {
		request.url = checked.target;
		if (!isHttp2) request.headers.host = hostIn(rawHeaders);
	}
	return true;
}

function refuse(request: HttpRequest, response: HttpResponse, { status, message }: RequestProblem, log: Logger): void {
	log.info(`A request was refused: ${message}`, { status, remote: request.socket?.remoteAddress });
	const body = `${message}\n`;
	writeHead(response, status, undefined, [
		...['Content-Type', 'text/plain; charset=utf-8', 'X-Content-Type-Options', 'nosniff'],
		// Where its body ends may be in doubt, too.
		...['Connection', 'close', 'Content-Length', String(body.length)],
	]);
	response.end(body);
}

function hostIn(rawHeaders: readonly string[]): string | undefined {
	const at = rawHeaders.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === 'host');
	return at < 0 ? undefined : rawHeaders[at + 1];
}
