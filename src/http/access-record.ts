import { isSecretName } from '../log/redaction.ts';

/** One request and its answer, as Caddy's access log has it. */
export interface AccessFacts {
	readonly remoteIp: string;
	readonly remotePort: number;
	readonly clientIp: string;
	/** Such as `HTTP/2.0`. */
	readonly protocol: string;
	readonly method: string;
	readonly host: string;
	readonly uri: string;
	/** Flat: name, value, … */
	readonly requestHeaders: readonly string[];
	/** `undefined` = no TLS to here. */
	readonly tls: { readonly version: string; readonly cipher: string; readonly serverName: string } | undefined;
	readonly userId: string;
	/** Seconds. */
	readonly duration: number;
	/** Bytes of the response's body on the wire. */
	readonly size: number;
	/** Of the request's body. */
	readonly bytesRead: number;
	/** 0 = the client went away before there was an answer. */
	readonly status: number;
	readonly responseHeaders: Readonly<Record<string, string | string[] | number | undefined>>;
}

/** What stands for a secret; Caddy's word. */
const REDACTED = 'REDACTED';

/** The fields of the line, in Caddy's order and by its names. Credentials and cookies are redacted. */
export function accessRecord(facts: AccessFacts): Record<string, unknown> {
	return {
		request: {
			remote_ip: facts.remoteIp,
			remote_port: String(facts.remotePort),
			client_ip: facts.clientIp,
			proto: facts.protocol,
			method: facts.method,
			host: facts.host,
			uri: facts.uri,
			headers: redactFlat(facts.requestHeaders),
			...(facts.tls && {
				tls: {
					resumed: false,
					version: facts.tls.version,
					cipher_suite: facts.tls.cipher,
					server_name: facts.tls.serverName,
				},
			}),
		},
		bytes_read: facts.bytesRead,
		user_id: facts.userId,
		duration: Math.round(facts.duration * 1e6) / 1e6,
		size: facts.size,
		status: facts.status,
		resp_headers: redactRecord(facts.responseHeaders),
	};
}

function redactFlat(headers: readonly string[]): Record<string, string[]> {
	const fields: Record<string, string[]> = Object.create(null);
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = canonical(headers[at] as string);
		if (name.startsWith(':') || name === 'Host') continue;
		fields[name] = [...(fields[name] ?? []), isSecretName(name) ? REDACTED : (headers[at + 1] as string)];
	}
	return fields;
}

function redactRecord(headers: AccessFacts['responseHeaders']): Record<string, string[]> {
	const fields: Record<string, string[]> = Object.create(null);
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined || name.startsWith(':')) continue;
		const values = (Array.isArray(value) ? value : [value]).map(String);
		fields[canonical(name)] = isSecretName(name) ? values.map(() => REDACTED) : values;
	}
	return fields;
}

/** `content-type` → `Content-Type`. */
function canonical(name: string): string {
	return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (part) => part.toUpperCase());
}
