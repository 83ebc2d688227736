import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PhpArguments } from './php-arguments.ts';
import { packageFacts } from './version.ts';

/** Directives that PHP's command line sets itself, beyond php.ini: only `-d` goes further. */
const OF_THE_COMMAND_LINE: ReadonlySet<string> = new Set([
	'html_errors',
	'implicit_flush',
	'max_execution_time',
	'max_input_time',
	'output_buffering',
	'register_argc_argv',
]);
/** What php.ini has for servers, and PHP's command line has otherwise: no limit, and each error once. */
const INSTEAD = { memory_limit: '-1', log_errors: '0' };
/** Igor disables some functions itself: the lists are joined. */
const JOINED = 'disable_functions';

/** How PHP's command line is to be started. */
export type PhpStart = { args: string[]; baseIni: string | undefined; phpIni: Record<string, string> };

/**
 * @param asked what the user wrote
 * @param directives of Igor's own options
 * @throws when the file of `-c` cannot be read
 */
export function phpStart(asked: PhpArguments, directives: Readonly<Record<string, string>>): PhpStart {
	const { iniFile, withoutIni } = asked;
	const baseIni = withoutIni ? '' : iniFile === undefined ? undefined : readIni(iniFile);
	const joined = asked.directives.filter(([key]) => key.toLowerCase() === JOINED);
	const disabled = [directives[JOINED], ...joined.map(([, value]) => value)].filter((value) => value !== undefined);
	const early = Object.entries(directives).filter(([key]) => OF_THE_COMMAND_LINE.has(key.toLowerCase()));
	return {
		args: [...early.flatMap(([key, value]) => ['-d', `${key}=${value}`]), ...withoutJoined(asked.args)],
		baseIni,
		phpIni: {
			...(baseIni === undefined && INSTEAD),
			...directives,
			...(disabled.length > 0 && { [JOINED]: disabled.join(',') }),
		},
	};
}

/** What `php -v` prints, without starting PHP. @param release such as 8.4.25 */
export function versionText(release: string): string {
	const zend = release.replace(/^8/, '4');
	return [
		`PHP ${release} (cli) (NTS) (Igor ${packageFacts().version}, WebAssembly)`,
		'Copyright (c) The PHP Group',
		`Zend Engine v${zend}, Copyright (c) Zend Technologies`,
		`    with Zend OPcache v${release}, Copyright (c), by Zend Technologies`,
		'',
	].join('\n');
}

function withoutJoined(args: readonly string[]): string[] {
	const isJoined = (text: string | undefined): boolean => text?.toLowerCase().startsWith(`${JOINED}=`) === true;
	const result: string[] = [];
	for (let at = 0; at < args.length; at++) {
		const arg = args[at] as string;
		// Behind the options there are the script's arguments.
		if (!arg.startsWith('-') || arg === '--') return [...result, ...args.slice(at)];
		const hasValue = arg === '-d' || arg === '--define';
		if (hasValue && isJoined(args[at + 1])) at++;
		else if (arg.startsWith('-d') && isJoined(arg.slice(2))) continue;
		else {
			result.push(arg);
			if (/^-[crfBRFEt]$/.test(arg) || hasValue) result.push(...args.slice(++at, at + 1));
		}
	}
	return result;
}

/** A php.ini, or the folder that it lies in; the empty text when there is none, of which PHP does not complain either. */
function readIni(path: string): string {
	try {
		if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
		return readFileSync(join(path, 'php.ini'), 'utf8');
	} catch {
		return '';
	}
}
