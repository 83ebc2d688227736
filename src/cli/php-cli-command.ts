import { delimiter, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import type { VisibleFolder } from '../config/mounts.ts';
import { parseNetwork } from '../config/network-rules.ts';
import { OptionsError } from '../config/options-error.ts';
import { parseProcesses } from '../config/process-rules.ts';
import { resolveVisible } from '../config/resolve-visible.ts';

import { PHP_EXTENSIONS, PHP_VERSIONS, type PhpExtension, parsePhpVersion } from '../config/values.ts';
import { withXdebug } from '../config/xdebug.ts';
import { createOptionsHost } from '../platform/node/config/node-options-host.ts';
import { DescriptorWriter } from '../platform/node/operations/descriptor-writer.ts';
import { tell } from '../platform/node/operations/write-all.ts';
import { hasValueBehind, type PhpArguments, readPhpArguments } from './php-arguments.ts';
import { phpStart, versionText } from './php-invocation.ts';
import {
	extensions,
	keyValues,
	listenRules,
	mounts,
	networkOption,
	networkRules,
	programs,
} from './repeated-options.ts';

const STDOUT = 1;
const STDERR = 2;

interface Flags {
	php: string;
	env?: Record<string, string>;
	ext?: PhpExtension[];
	xdebug?: boolean;
	network?: 'off' | readonly string[];
	networkListen?: readonly string[];
	allowProcess?: string[];
	mount?: string[];
	phpIni?: Record<string, string>;
}

const PHP_OPTIONS = `
PHP's own options come behind these:
  [-f] <file>, -r <code>, -B <code>, -R <code>, -F <file>, -E <code>, --, -d <key=value>, -c <file>, -n,
  -i, -l, -m, -s, -v, -w, --ini, --rf, --rc, --re, --ri, --rz; a script on stdin, if there is none of them`;

/** Adds `igor php-cli`. What stands behind its options is for PHP: see `separatePhpOptions`. */
export function addPhpCli(program: Command, finish: (status: number) => void): void {
	program
		.command('php-cli')
		.description("PHP's command line: run a script, or code")
		.usage('[options] [PHP options] [script] [args...]')
		.argument('[php...]')
		.addHelpText('after', PHP_OPTIONS)
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP (repeatable)', keyValues('--env'))
		.option('--ext <name>', `load this PHP extension (repeatable): ${PHP_EXTENSIONS.join(', ')}`, extensions)
		.option('--xdebug', 'debug by Xdebug: connect to the editor (default: localhost:9003)')
		.option('--network <off|host:port>', 'where PHP may connect to (repeatable; default: anywhere)', networkRules)
		.option('--network-listen <address:port>', 'where PHP may listen (repeatable; default: nowhere)', listenRules)
		.option('--allow-process <name>', 'a program that PHP may run, or * (repeatable; default: none)', programs)
		.option('--php-ini <key=value>', 'php.ini directive (repeatable)', keyValues('--php-ini'))
		.option('--mount <host[:php][:ro]>', 'a further folder that PHP sees (repeatable; ro: read-only)', mounts)
		.action(async (args: string[], flags: Flags) => finish(await runPhp(readPhpArguments(args), flags)));
}

/**
 * Puts `--` between Igor's options and those of PHP, which may stand before each other: what follows belongs to PHP, or to
 * its script, even what looks like an option.
 * @param args of `igor php-cli`
 */
export function separatePhpOptions(program: Command, args: readonly string[]): string[] {
	const own = program.commands.find((command) => command.name() === 'php-cli')?.options ?? [];
	const names = new Set(own.map(({ long }) => long));
	const flags = new Set(own.filter(({ required }) => !required).map(({ long }) => long));
	const before: string[] = [];
	const php: string[] = [];
	let at = 0;
	while (isOption(args[at])) {
		const arg = args[at] as string;
		const isOwn = names.has(arg.replace(/=.*/s, '')) || arg === '-h' || arg === '--help';
		// Without its value: commander says so.
		if (names.has(arg) && !flags.has(arg) && at + 1 === args.length) return [...before, arg];
		const hasValue = isOwn ? names.has(arg) && !flags.has(arg) : hasValueBehind(arg);
		(isOwn ? before : php).push(...args.slice(at, at + (hasValue ? 2 : 1)));
		at += hasValue ? 2 : 1;
	}
	return [...before, '--', ...php, ...args.slice(at)];
}

const isOption = (arg: string | undefined): boolean => arg !== undefined && /^-./s.test(arg) && arg !== '--';

async function runPhp(asked: PhpArguments, flags: Flags): Promise<number> {
	const phpVersion = parsePhpVersion(flags.php);
	if (asked.refusal !== undefined) throw new OptionsError('bad_php_option', asked.refusal);
	if (asked.asksVersion) {
		const { findPhp } = await import('../platform/node/threads/php-packages.ts');
		tell(STDOUT, versionText((await findPhp('node', phpVersion)).release));
		return 0;
	}
	const start = phpStart(asked, flags.phpIni ?? {});
	// Never waits: a signal has to be heard meanwhile.
	const hidden = new DescriptorWriter(STDERR, () => {});
	const { runPhpCli } = await import('../platform/node/server/php-cli.ts');
	const php = {
		...start,
		phpIni: { ...(flags.xdebug && xdebugLines(start.baseIni)), ...start.phpIni },
		env: flags.env ?? {},
		extensions: flags.ext ?? [],
		network: parseNetwork(networkOption(flags)),
	};
	return runPhpCli({
		...(flags.xdebug ? withXdebug(php, process.env, Object.fromEntries(asked.directives)) : php),
		folder: process.cwd(),
		phpVersion,
		processes: parseProcesses({ allow: flags.allowProcess ?? [] }),
		interactive: true,
		// Only here, where stderr is the operator's: PHP as a program of PHP has that of its caller.
		onHidden: (message) => hidden.write(`igor: ${message}\n`),
		...visible(asked, resolveVisible(flags.mount ?? [], createOptionsHost())),
	});
}

/** Xdebug's settings in the php.ini of `-c`: they go before those of `--xdebug`. */
function xdebugLines(ini = ''): Record<string, string> {
	const lines = ini.matchAll(/^\s*(xdebug\.\w+)\s*=\s*"?([^";\n]*?)"?\s*(?:;.*)?$/gm);
	return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}

type Visible = { visiblePaths: string[]; visibleFolders: VisibleFolder[] };

/**
 * The working directory, where the script lies, and what the operator names. A script in a folder of the PATH is an
 * installed program: PHP does not change what lies beside it.
 */
function visible({ args, scriptAt }: PhpArguments, named: VisibleFolder[]): Visible {
	const host = createOptionsHost();
	// Of / nothing is shown: it would be everything.
	const current = host.cwd === '/' ? [] : [host.cwd];
	if (scriptAt === undefined) return { visiblePaths: current, visibleFolders: named };
	const script = resolve(host.cwd, args[scriptAt] ?? '');
	const found = host.look(script);
	if (found?.kind !== 'file') {
		const problem = found === undefined ? 'does not exist or cannot be read' : 'is a directory';
		throw new OptionsError('bad_script', `The script ${script} ${problem}; name a PHP file.`);
	}
	const folders = [...new Set([dirname(script), dirname(found.realPath)])];
	const isProgram = (process.env.PATH ?? '').split(delimiter).includes(dirname(script));
	if (!isProgram) return { visiblePaths: [...new Set([...current, ...folders])], visibleFolders: named };
	const unnamed = folders.filter((folder) => folder !== host.cwd && !named.some(({ php }) => php === folder));
	return {
		visiblePaths: current,
		visibleFolders: [
			...named,
			...unnamed.map((folder) => ({ host: folder, php: folder, readOnly: true, implied: true })),
		],
	};
}
