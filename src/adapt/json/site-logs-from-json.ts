import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import { lineOf, type Word } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';
import { readLogLines } from './log-json.ts';
import { ACCESS, DEFAULT_LOG } from './site-logs-to-json.ts';

interface AccessLog {
	/** The loggers that it is for, without `http.log.access.` */
	readonly loggers: readonly string[];
	readonly lines: readonly Directive[];
	readonly position: Position;
}

/** Caddy's `logging`: logs of the server, and access logs by the name of their logger. */
export class LogsFromJson {
	/** Lines for the global options. */
	readonly global: readonly Directive[];
	readonly #access: readonly AccessLog[];

	/** @throws CaddyfileError */
	constructor(node: JsonNode | undefined) {
		const logging = node?.object();
		const logs = logging?.get('logs')?.entries() ?? [];
		logging?.end(['sink']);
		const global: Directive[] = [];
		const access: AccessLog[] = [];
		for (const [name, each] of logs) {
			const log = each.object();
			const include = log.get('include');
			// Neither is there anything else in the log of the server.
			const exclude = log.get('exclude')?.list() ?? [];
			const strange = exclude.find((item) => !item.text().startsWith('http.log.access'));
			if (strange) throw strange.error('unsupported', 'only access logs can be excluded here');
			const loggers = include?.list().map((item) => loggerOf(item));
			if (loggers) access.push({ loggers, lines: readLogLines(log), position: each.position });
			else global.push(...globalLines(name, each, readLogLines(log)));
		}
		this.global = global;
		this.#access = access;
	}

	/** The `log` lines of a site. @param logger '' = the access log that has no configuration of its own */
	linesFor(logger: JsonNode | string, at: Position, hostnames: readonly Word[] | undefined): Directive[] {
		const name = typeof logger === 'string' ? logger : logger.text();
		const on = hostnames ? [lineOf(at, 'hostnames', hostnames)] : [];
		const found = this.#access.filter(({ loggers }) => loggers.includes(name));
		// Numbers are given anew.
		const named = name === '' || /^log\d+$/.test(name) ? [] : [name];
		if (found.length === 0) return [lineOf(at, 'log', named, on)];
		return found.map(({ lines, position }) => lineOf(position, 'log', named, [...lines, ...on]));
	}
}

function loggerOf(node: JsonNode): string {
	const name = node.text();
	if (name.startsWith(ACCESS)) return name.slice(ACCESS.length);
	if (name === ACCESS.slice(0, -1)) return '';
	throw node.error('unsupported', 'only access logs can be included here', {
		expected: `something like ${ACCESS}log0`,
	});
}

function globalLines(name: string, node: JsonNode, lines: readonly Directive[]): Directive[] {
	const { position } = node;
	if (name !== DEFAULT_LOG) return [lineOf(position, 'log', [name], lines)];
	// As the adapter of Caddy writes `debug`.
	const level = lines.find((line) => line.name === 'level');
	const isDebug = level?.args[0]?.text.toUpperCase() === 'DEBUG';
	const rest = isDebug ? lines.filter((line) => line !== level) : lines;
	return [
		...(isDebug ? [lineOf(position, 'debug')] : []),
		...(rest.length > 0 ? [lineOf(position, 'log', [], rest)] : []),
	];
}
