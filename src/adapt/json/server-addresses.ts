import type { Directive } from '../../caddyfile/parser.ts';
import { lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** What a server listens on: the addresses of one port. */
export interface PortAddresses {
	readonly port: number;
	/** `bind` for them; `undefined` = all addresses of the machine. */
	readonly bind: Directive | undefined;
	readonly node: JsonNode;
}

/** Caddy's `listen`, by port. @throws CaddyfileError */
export function readListen(listen: JsonNode | undefined): PortAddresses[] {
	const ports = new Map<number, { node: JsonNode; bound: string[] }>();
	for (const node of listen?.list() ?? []) {
		const text = node.text();
		const match = /^(?:tcp[46]?\/)?(?:\[([^\]]*)\]|([^:/[\]]*)):(\d{1,5})$/.exec(text);
		if (!match || Number(match[3]) > 65_535) {
			throw node.error('unsupported', 'this is no address to listen on', {
				expected: 'something like :443 or 127.0.0.1:8080; no UNIX sockets, file descriptors, UDP or ranges of ports',
			});
		}
		const port = Number(match[3]);
		const known = ports.get(port) ?? { node, bound: [] };
		known.bound.push(match[1] ?? match[2] ?? '');
		ports.set(port, known);
	}
	return [...ports].map(([port, { node, bound }]) => ({
		port,
		node,
		bind: bound.includes('') ? undefined : lineOf(node.position, 'bind', bound),
	}));
}
