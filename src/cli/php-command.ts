import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { operatorPorts } from '../platform/node/network/operator-ports.ts';
import { tell } from '../platform/node/operations/write-all.ts';
import { findScript, removeScript } from '../platform/node/processes/launched-script.ts';
import type { LaunchOptions } from '../platform/node/threads/node-platform.ts';
import { type PhpArguments, readPhpArguments } from './php-arguments.ts';
import { phpStart, versionText } from './php-invocation.ts';

const LOADS_CODE = /^(?:extension|zend_extension|extension_dir|enable_dl|opcache\.preload|opcache\.preload_user)$/i;

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
		tell(2, `${message}\n`);
		return 1;
	};
	const asked = readPhpArguments(args);
	const problem = refusal(asked);
	if (problem !== undefined) return fail(problem);
	const options = JSON.parse(readFileSync(optionsFile, 'utf8')) as LaunchOptions;
	if (asked.asksVersion) {
		const { findPhp } = await import('../platform/node/threads/php-packages.ts');
		tell(1, versionText((await findPhp('node', options.phpVersion)).release));
		return 0;
	}
	const { scriptAt } = asked;
	const file = scriptAt === undefined ? undefined : asked.args[scriptAt];
	const script = file === undefined ? undefined : findScript(file, options, dirname(optionsFile));
	if (file !== undefined && script === undefined) return fail(`Could not open input file: ${file}`);
	for (const port of options.operatorPorts) operatorPorts.close(port);
	if (script !== undefined && scriptAt !== undefined) asked.args[scriptAt] = script.file;
	const { baseIni, ...start } = phpStart(asked, options.phpIni);
	const { runPhpCli } = await import('../platform/node/server/php-cli.ts');
	try {
		return await runPhpCli({
			...options,
			...start,
			baseIni: baseIni ?? options.baseIni,
			visiblePaths: [...options.visiblePaths, ...(script?.folder === undefined ? [] : [script.folder])],
			folder: process.cwd(),
			env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
			interactive: true,
		});
	} finally {
		if (script !== undefined) removeScript(script);
	}
}

/** What its caller, who is PHP, may not ask for. */
function refusal({ refusal, iniFile, directives }: PhpArguments): string | undefined {
	if (refusal !== undefined) return `php: ${refusal}`;
	if (iniFile !== undefined) return 'php: There is no -c here: the server that runs this has the php.ini.';
	const refused = directives.find(([key, value]) => !isDirective(key, value));
	return refused && `php: The directive '${refused[0]}' cannot be set by -d here.`;
}

/**
 * Whether a PHP directive is one line of php.ini, and loads no code: it goes into the same file as what the server has
 * set.
 */
function isDirective(key: string, value: string): boolean {
	return /^[\w.-]+$/.test(key) && !/[\p{Cc}"\\]|\$\{/u.test(value) && !LOADS_CODE.test(key);
}
