import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { parseNetwork } from '../config/network-rules.ts';
import { OptionsError } from '../config/options-error.ts';
import { parseProcesses } from '../config/process-rules.ts';
import { PHP_EXTENSIONS, PHP_VERSIONS, type PhpExtension, parsePhpVersion } from '../config/values.ts';
import { createOptionsHost } from '../platform/node/config/node-options-host.ts';
import { extensions, keyValues, listenRules, networkOption, networkRules, programs } from './collect.ts';

interface Flags {
	php: string;
	env?: Record<string, string>;
	ext?: PhpExtension[];
	network?: 'off' | readonly string[];
	networkListen?: readonly string[];
	allowProcess?: string[];
	phpIni?: Record<string, string>;
}

/** Adds `igor php-cli`. */
export function addPhpCli(program: Command, finish: (status: number) => void): void {
	program
		.command('php-cli')
		.description('Run a PHP script on the command line')
		.argument('<script>', 'the script')
		.argument('[args...]', 'arguments for the script')
		// What follows the script belongs to the script, even what looks like an option.
		.passThroughOptions()
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP (repeatable)', keyValues('--env'))
		.option('--ext <name>', `load this PHP extension (repeatable): ${PHP_EXTENSIONS.join(', ')}`, extensions)
		.option('--network <off|host:port>', 'where PHP may connect to (repeatable; default: anywhere)', networkRules)
		.option('--network-listen <address:port>', 'where PHP may listen (repeatable; default: nowhere)', listenRules)
		.option('--allow-process <name>', 'a program that PHP may run, or * (repeatable; default: none)', programs)
		.option('--php-ini <key=value>', 'php.ini directive (repeatable)', keyValues('--php-ini'))
		.action(async (script: string, args: string[], flags: Flags) => finish(await runScript(script, args, flags)));
}

async function runScript(path: string, args: string[], flags: Flags): Promise<number> {
	const host = createOptionsHost();
	const script = resolve(host.cwd, path);
	const found = host.look(script);
	if (found?.kind !== 'file') {
		const problem = found === undefined ? 'does not exist or cannot be read' : 'is a directory';
		throw new OptionsError('bad_script', `The script ${script} ${problem}; name a PHP file.`);
	}
	const { runPhpCli } = await import('../platform/node/server/php-cli.ts');
	return runPhpCli({
		script,
		args,
		phpVersion: parsePhpVersion(flags.php),
		env: flags.env ?? {},
		extensions: flags.ext ?? [],
		network: parseNetwork(networkOption(flags)),
		processes: parseProcesses({ allow: flags.allowProcess ?? [] }),
		interactive: true,
		phpIni: flags.phpIni ?? {},
		visiblePaths: [...new Set([host.cwd, dirname(script), dirname(found.realPath)])],
	});
}
