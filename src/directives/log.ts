import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import { Arguments, noBlock, onlyArgument, readBlock, someArguments } from '../caddyfile/reading.ts';
import { readChoice } from '../caddyfile/units.ts';
import { type LogFilters, readLogFilters } from './log/log-filter.ts';
import { type LogRolling, rollingRules } from './log/log-rolling.ts';

/** In ascending order. */
const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFormat = (typeof FORMATS)[number];

/** Where a log goes. */
export type LogOutput =
	| { readonly type: 'stdout' | 'stderr' | 'discard' }
	| {
			readonly type: 'file';
			readonly path: string;
			/** `false` = the file only grows; `undefined` = Caddy's defaults. */
			readonly rolling?: LogRolling | false;
			/** Permissions of a new file. */
			readonly mode?: number;
	  };

/**
 * `log [NAME] { output … format … level … hostnames … }`, Caddy's: the access log of a site, or among the global options
 * Igor's own log. What is missing has Igor's default.
 */
export interface LogConfig {
	readonly name?: string;
	readonly output?: LogOutput;
	readonly format?: LogFormat;
	/** What happens to fields before they are written. */
	readonly filters?: LogFilters;
	readonly level?: LogLevel;
	/** Only requests to these hosts; `undefined` = all of the site. */
	readonly hostnames?: readonly string[];
	readonly position: Position;
}

const OUTPUTS = ['stdout', 'stderr', 'discard', 'file'] as const;
const UNSUPPORTED_OUTPUTS = ['net'];
const FORMATS = ['console', 'json'] as const;
const UNSUPPORTED_FORMATS = ['append', 'transform', 'formatted', 'logfmt', 'single_field'];

/** The `log` of a site: each is an access log. @throws CaddyfileError */
export function readSiteLog(directive: Directive, site: { readonly logs: LogConfig[] }): void {
	site.logs.push(readLog(directive, 'site'));
}

/** @param where the global option of the same name has no `hostnames` @throws CaddyfileError */
export function readLog(directive: Directive, where: 'site' | 'global'): LogConfig {
	const args = new Arguments(directive);
	const name = args.optional()?.text;
	args.end();
	let output: LogOutput | undefined;
	let format: LogFormat | undefined;
	let filters: LogFilters | undefined;
	let level: LogLevel | undefined;
	let hostnames: string[] | undefined;
	readBlock(directive, {
		once: {
			output: (line) => {
				output = readOutput(line);
			},
			format: (line) => {
				({ format, filters } = readFormat(line));
			},
			level: (line) => {
				const word = onlyArgument(line, 'a level');
				level = readChoice({ ...word, text: word.text.toUpperCase() }, LOG_LEVELS);
			},
			...(where === 'site' && {
				hostnames: (line: Directive) => {
					hostnames = someArguments(line, 'host names');
				},
			}),
		},
		unsupported: ['sampling', 'core', 'include', 'exclude', 'no_hostname'],
	});
	return {
		...(name !== undefined && { name }),
		...(output && { output }),
		...(format && { format }),
		...(filters && { filters }),
		...(level && { level }),
		...(hostnames && { hostnames }),
		position: directive.position,
	};
}

/** `format console`, `format json`, `format filter { wrap console|json; FIELD FILTER … }` */
function readFormat(line: Directive): { format?: LogFormat; filters?: LogFilters } {
	refuseModule(line, UNSUPPORTED_FORMATS);
	const args = new Arguments(line);
	const type = readChoice(args.take('a format'), [...FORMATS, 'filter']);
	args.end();
	if (type !== 'filter') {
		noBlock(line);
		return { format: type };
	}
	let format: LogFormat | undefined;
	const isWrap = ({ name }: Directive): boolean => name === 'wrap';
	readBlock(
		{ name: 'format filter', block: (line.block ?? []).filter(isWrap) },
		{
			once: {
				wrap: (each) => {
					format = readChoice(onlyArgument(each, 'a format'), FORMATS);
				},
			},
		},
	);
	const filters = readLogFilters((line.block ?? []).filter((each) => !isWrap(each)));
	return { ...(format && { format }), filters };
}

function readOutput(line: Directive): LogOutput {
	refuseModule(line, UNSUPPORTED_OUTPUTS);
	const args = new Arguments(line);
	const type = readChoice(args.take('an output'), OUTPUTS);
	if (type !== 'file') {
		args.end();
		noBlock(line);
		return { type };
	}
	const path = args.take('the path of the log file').text;
	args.end();
	let rolling: LogRolling | false | undefined;
	let mode: number | undefined;
	readBlock(line, {
		once: {
			...rollingRules((each) => {
				rolling = each;
			}),
			mode: (each) => {
				const word = onlyArgument(each, 'permissions such as 0640');
				mode = /^0?[0-7]{3}$/.test(word.text) ? Number.parseInt(word.text, 8) : undefined;
				if (mode !== undefined) return;
				throw new CaddyfileError('bad_value', word.position, `${quoteWord(word.text)} is no mode`, {
					expected: '0640',
				});
			},
		},
		unsupported: ['dir_mode', 'roll_interval', 'roll_minutes', 'roll_at', 'backup_time_format'],
	});
	return { type, path, ...(rolling !== undefined && { rolling }), ...(mode !== undefined && { mode }) };
}

function refuseModule(line: Directive, names: readonly string[]): void {
	const word = line.args[0];
	if (!word || !names.includes(word.text)) return;
	const what = `${quoteWord(`${line.name} ${word.text}`)} of 'log' is not supported by Igor`;
	throw new CaddyfileError('unsupported', word.position, what);
}
