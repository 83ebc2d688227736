import { connect } from 'node:net';

/** What a NATS server says of itself as soon as somebody connects, before TLS begins. */
export interface NatsGreeting {
	/** Clients have to show a certificate. */
	readonly tls_verify?: boolean;
}

/** Longer than the names of all servers of any cluster, characters. */
const LONGEST = 65_536;

/**
 * Asks a server for its greeting. Never rejects.
 *
 * @param server `HOST:PORT`
 * @param timeout milliseconds
 * @returns `undefined` = there is none: nobody answers, or something else, or TLS comes first
 */
export function greetingOf(server: string, timeout: number): Promise<NatsGreeting | undefined> {
	const { hostname, port } = new URL(`nats://${server}`);
	return new Promise((resolve) => {
		const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
		const timer = setTimeout(() => socket.destroy(), timeout);
		let said = '';
		socket.setEncoding('latin1').on('data', (text: string) => {
			said += text;
			if (said.includes('\n') || said.length > LONGEST) socket.destroy();
		});
		socket.on('error', () => {});
		socket.on('end', () => socket.destroy());
		socket.on('close', () => {
			clearTimeout(timer);
			resolve(readGreeting(said));
		});
	});
}

function readGreeting(said: string): NatsGreeting | undefined {
	const [, json] = /^INFO (\{.*\})\s*\n/.exec(said) ?? [];
	if (json === undefined) return undefined;
	try {
		const { tls_verify } = JSON.parse(json) as Readonly<Record<string, unknown>>;
		return { tls_verify: tls_verify === true };
	} catch {
		return undefined;
	}
}
