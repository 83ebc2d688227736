import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { parseKeyValue } from '../config/values.ts';
import { operatorPorts } from '../platform/node/network/operator-ports.ts';
import { findScript, removeScript } from '../platform/node/processes/launched-script.ts';
import type { LaunchOptions } from '../platform/node/threads/node-platform.ts';

/** What PHP's own command line asks for, as far as Igor understands it. */
type Invocation = { ini: Record<string, string>; code?: string; file?: string; args: string[] };

const LOADS_CODE = /^(?:extension|zend_extension|extension_dir|enable_dl|opcache\.preload|opcache\.preload_user)$/i;

const VERSION = `echo 'PHP ', PHP_VERSION, ' (', PHP_SAPI, ") (Igor)\\n";`;

/**
 * Adds `igor php`: PHP as a program of PHP, started by the launcher that its server has written. It may see and do what its
 * caller may; its environment is what the caller passes.
 */
export function addPhp(program: Command, finish: (status: number) => void): void {
	program
		.command('php', { hidden: true })
		.argument('<options>')
		.argument('[args...]')
		.passThroughOptions()
		.allowUnknownOption()
		.helpOption(false)
		.action(async (file: string, args: string[]) => finish(await runPhp(file, args)));
}

async function runPhp(optionsFile: string, args: string[]): Promise<number> {
	const fail = (message: string): number => {
		process.stderr.write(`${message}\n`);
		return 1;
	};
	const invocation = readInvocation(args);
	if (invocation === undefined) return fail(`php: '${args.join(' ')}' has an option that Igor's PHP does not know.`);
	const options = JSON.parse(readFileSync(optionsFile, 'utf8')) as LaunchOptions;
	const script = findScript(invocation, options, dirname(optionsFile));
	if (script === undefined) return fail(`Could not open input file: ${invocation.file}`);
	for (const port of options.operatorPorts) operatorPorts.close(port);
	const { runPhpCli } = await import('../platform/node/server/php-cli.ts');
	try {
		return await runPhpCli({
			...options,
			visiblePaths: [...options.visiblePaths, ...(script.folder === undefined ? [] : [script.folder])],
			script: script.file,
			args: invocation.args,
			folder: process.cwd(),
			env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
			phpIni: { ...options.phpIni, ...invocation.ini },
			interactive: true,
		});
	} finally {
		removeScript(script);
	}
}

/**
 * Whether a PHP directive is one line of php.ini, and loads no code: it goes into the same file as what the server has
 * set.
 */
function isDirective(key: string, value: string): boolean {
	return /^[\w.-]+$/.test(key) && !/[\p{Cc}"\\]|\$\{/u.test(value) && !LOADS_CODE.test(key);
}

/** Undefined = there is an option that is not understood. */
function readInvocation(args: readonly string[]): Invocation | undefined {
	const ini: Record<string, string> = {};
	for (let at = 0; at < args.length; at++) {
		const arg = args[at] as string;
		const rest = args.slice(at + 1);
		if (arg === '--') return { ini, args: rest };
		if (arg === '-') return { ini, args: rest };
		if (!arg.startsWith('-')) return { ini, file: arg, args: rest };
		if (arg === '-v' || arg === '--version') return { ini, code: VERSION, args: [] };
		if (arg === '-r' || arg === '-f') {
			const [what, ...others] = rest;
			if (what === undefined) return undefined;
			return { ini, [arg === '-r' ? 'code' : 'file']: what, args: others[0] === '--' ? others.slice(1) : others };
		}
		if (arg.startsWith('-d')) {
			const text = arg === '-d' ? (args[++at] ?? '') : arg.slice(2);
			const [key, value] = text.includes('=') ? parseKeyValue(text, '-d') : [text, '1'];
			if (!isDirective(key, value)) return undefined;
			ini[key] = value;
		} else if (arg !== '-n' && arg !== '-q' && arg !== '-C') {
			return undefined;
		}
	}
	return { ini, args: [] };
}
