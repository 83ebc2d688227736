import type { LogFilter, LogFilters } from '../../directives/log/log-filter.ts';
import { DEFAULT_ROLLING } from '../../directives/log/log-rolling.ts';
import type { LogConfig, LogOutput } from '../../directives/log.ts';
import { compact, type JsonData, mapUnlessEmpty } from './json-forms.ts';
import { BlockLines, type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';

const MEBIBYTE = 1024 * 1024;
const DAY = 86_400_000;

/** A log, without what leads to it. */
export function writeLog({ output, format, filters, level }: Omit<LogConfig, 'position'>): JsonData {
	return compact({ writer: output && writeOutput(output), encoder: writeEncoder(format, filters), level });
}

function writeOutput(output: LogOutput): JsonData {
	if (output.type !== 'file') return { output: output.type };
	const { path, rolling, mode } = output;
	const file = { output: 'file', filename: path, mode: mode === undefined ? undefined : `0${mode.toString(8)}` };
	if (!rolling) return compact({ ...file, roll: rolling });
	return compact({
		...file,
		roll_size_mb: rolling.size / MEBIBYTE,
		roll_keep: rolling.keep,
		roll_keep_days: rolling.keepFor / DAY,
		roll_gzip: rolling.compress === DEFAULT_ROLLING.compress ? undefined : rolling.compress,
		roll_local_time: rolling.localTime || undefined,
	});
}

function writeEncoder(format: LogConfig['format'], filters: LogFilters | undefined): JsonData | undefined {
	if (filters === undefined) return format && { format };
	const fields = Object.entries(filters).map(([name, filter]) => [name, writeFilter(filter)] as const);
	return compact({
		format: 'filter',
		wrap: format && { format },
		fields: mapUnlessEmpty(Object.fromEntries(fields)),
	});
}

function writeFilter(filter: LogFilter): JsonData {
	switch (filter.type) {
		case 'delete':
		case 'hash':
			return { filter: filter.type };
		case 'replace':
			return { filter: 'replace', value: filter.value };
		case 'rename':
			return { filter: 'rename', name: filter.name };
		case 'ip_mask':
			return { filter: 'ip_mask', ipv4_cidr: filter.ipv4, ipv6_cidr: filter.ipv6 };
		case 'query':
		case 'cookie':
		case 'set_cookie':
			return {
				filter: filter.type,
				actions: filter.actions.map(({ action, parameter, value }) =>
					compact({ type: action, [filter.type === 'query' ? 'parameter' : 'name']: parameter, value }),
				),
			};
		case 'regexp': {
			const operations = filter.operations.map(({ search, replacement }) => ({ regexp: search, value: replacement }));
			const [first, second] = operations;
			return second === undefined ? { filter: 'regexp', ...first } : { filter: 'multi_regexp', operations };
		}
	}
}

/** The lines of a `log` block that says the same. What leads to it has been read. @throws CaddyfileError */
export function readLogLines(log: JsonObject): BlockLines['lines'] {
	const lines = new BlockLines(log).value('level');
	const writer = log.get('writer')?.object();
	if (writer) lines.add(readOutput(writer));
	const encoder = log.get('encoder')?.object();
	if (encoder) lines.add(readEncoder(encoder));
	log.end(['sampling', 'core', 'with_caller', 'with_stacktrace']);
	return lines.lines;
}

function readOutput(writer: JsonObject): JsonLine {
	const { position } = writer.node;
	const output = writer.need('output');
	const path = writer.get('filename');
	const lines = new BlockLines(writer).value('mode').amount('roll_keep').flag('roll_local_time');
	lines.flag('roll', 'roll_disabled', false).flag('roll_gzip', 'roll_uncompressed', false).value('roll_compression');
	const size = writer.get('roll_size_mb');
	if (size) lines.add(lineOf(size.position, 'roll_size', [`${size.number()}MiB`]));
	const days = writer.get('roll_keep_days');
	if (days) lines.add(lineOf(days.position, 'roll_keep_for', [`${days.number()}d`]));
	writer.end(['address', 'dial_timeout', 'soft_start', 'dir_mode', 'roll_interval', 'roll_minutes', 'roll_at']);
	const isFile = output.value === 'file' || lines.lines.length > 0;
	return lineOf(position, 'output', [output, ...(path ? [path] : [])], isFile ? lines.lines : undefined);
}

function readEncoder(encoder: JsonObject): JsonLine {
	const { position } = encoder.node;
	const format = encoder.need('format');
	const isFilter = format.value === 'filter';
	const wrap = isFilter ? encoder.get('wrap')?.object() : undefined;
	const fields = isFilter ? (encoder.get('fields')?.entries() ?? []) : [];
	encoder.end(ENCODER_FIELDS);
	const block = fields.flatMap(([name, node]) => readFilter(name, node));
	if (wrap) {
		block.push(lineOf(wrap.node.position, 'wrap', [wrap.need('format')]));
		wrap.end(ENCODER_FIELDS);
	}
	return lineOf(position, 'format', [format], isFilter ? block : undefined);
}

const ENCODER_FIELDS = [
	...['message_key', 'level_key', 'time_key', 'name_key', 'caller_key', 'stacktrace_key', 'line_ending'],
	...['time_format', 'time_local', 'duration_format', 'level_format'],
];

function readFilter(field: string, node: JsonNode): JsonLine[] {
	const filter = node.object();
	const name = filter.need('filter').text();
	const { position } = node;
	const texts = ['regexp', 'value', 'name'].flatMap((each) => filter.get(each) ?? []);
	const numbers = ['ipv4_cidr', 'ipv6_cidr'].flatMap((each) => filter.get(each)?.amount() ?? []);
	const actions = filter.get('actions')?.list().map(readAction);
	const operations = filter.get('operations')?.list() ?? [];
	filter.end();
	// The lines of one field are joined again.
	if (name === 'multi_regexp') return operations.map((each) => readOperation(field, each));
	return [lineOf(position, field, [name, ...texts, ...numbers], actions)];
}

function readOperation(field: string, node: JsonNode): JsonLine {
	const operation = node.object();
	const line = lineOf(node.position, field, ['regexp', operation.need('regexp'), operation.get('value') ?? '']);
	operation.end();
	return line;
}

function readAction(node: JsonNode): JsonLine {
	const action = node.object();
	const type = action.need('type').text();
	const parameter = action.get('parameter') ?? action.need('name');
	const value = action.get('value');
	action.ignore('name');
	action.end();
	return lineOf(node.position, type, [parameter, ...(value ? [value] : [])]);
}
