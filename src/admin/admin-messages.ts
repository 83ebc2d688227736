/** A request as the admin API sees it, independent of the transport. */
export interface AdminRequest {
	readonly method: string;
	/** As it was sent: `/sidekicks/shop/config?values=1`, percent-encoded. */
	readonly target: string;
	/** By its lower-case name. */
	header(name: string): string | undefined;
	/** The whole body as UTF-8. @throws AdminError when it is too large, or ends too early */
	body(): Promise<string>;
}

/** The response to it. */
export interface AdminResponse {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | TextStream;
	/** Called once the response has been sent, or its client is gone. */
	readonly afterwards?: () => void;
}

/** An endless body: `open` starts to call `write`; what it returns stops that. */
export interface TextStream {
	open(write: (text: string) => void): () => void;
}

/** A request that cannot be answered as asked: becomes `{"error": "…"}`, as in Caddy. */
export class AdminError extends Error {
	override readonly name = 'AdminError';
	readonly code = 'admin_error';
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;

	constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
		super(message);
		this.status = status;
		this.headers = headers;
	}
}

/** A response with a text of any type. */
export function textResponse(body: string, contentType = 'text/plain; charset=utf-8', status = 200): AdminResponse {
	return { status, headers: { 'content-type': contentType }, body };
}

/** A response with JSON, on one line. */
export function jsonResponse(value: unknown, status = 200): AdminResponse {
	return textResponse(`${JSON.stringify(value) ?? 'null'}\n`, 'application/json', status);
}

/** The response to an error. Whatever is not an AdminError is a bug in this program, or PHP's fault: 500. */
export function errorResponse(error: unknown): AdminResponse {
	const message = error instanceof Error ? error.message : String(error);
	const { status, headers } = error instanceof AdminError ? error : { status: 500, headers: {} };
	const response = jsonResponse({ error: message }, status);
	return { ...response, headers: { ...response.headers, ...headers } };
}
