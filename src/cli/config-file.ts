import { readFileSync } from 'node:fs';
import { homedir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type ConfigFormat, formatOf } from '../adapt/config-format.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { OptionsError } from '../config/options-error.ts';
import { PHP_VERSIONS, type PhpVersion, parsePhpVersion } from '../config/values.ts';
import { reserve } from '../platform/node/files/reserved.ts';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import { readEnvironment } from './environment-file.ts';
import { keyValues } from './repeated-options.ts';

/** A file named on the command line that cannot be read. */
export class FileError extends Error {
	override readonly name = 'FileError';
	readonly code = 'cannot_read';
}

/** The options that every command with a configuration has. */
export interface ConfigFlags {
	config: string;
	php: PhpVersion;
	env?: Record<string, string>;
	envfile?: string;
	envAll?: boolean;
	xdebug?: boolean;
	adapter?: ConfigFormat;
}

/** What follows from them. */
export interface ConfigContext {
	readonly file: string;
	readonly format: ConfigFormat;
	readonly phpVersion: PhpVersion;
	/** Variables that PHP sees. */
	readonly env: Readonly<Record<string, string>>;
	readonly xdebug: boolean;
	/** Variables for `{$NAME}` in the Caddyfile: those, and the environment of this process. */
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly mostThreads: number;
	readonly dataFolder: string;
	readonly folder: string;
}

/** Memory that `max_threads auto` assumes per thread, bytes: PHP's default memory_limit, as in FrankenPHP. */
const MEMORY_PER_THREAD = 128 * 1024 * 1024;

/** What `--xdebug` does, in a line. */
export const XDEBUG = 'debug by Xdebug: connect to the editor (default: localhost:9003) with each request';

/** What `--adapter` does, in a line. */
export const ADAPTER = "what the file is, whatever its name: 'caddyfile' or 'json'";

/** Adds the options to a command. */
export function addConfigOptions(command: Command): Command {
	return command
		.option('-c, --config <file>', 'the Caddyfile, or the .json file of Caddy', 'Caddyfile')
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, parsePhpVersion, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP and the Caddyfile (repeatable)', keyValues('--env'))
		.option('--envfile <file>', 'file of such variables, in .env format')
		.option('--env-all', "PHP sees the whole environment of the server, as 'env *' does in a php_server")
		.option('--xdebug', XDEBUG)
		.option('-a, --adapter <name>', ADAPTER, adapter);
}

/** @throws FileError when the file of variables cannot be read, OptionsError when a line of it is none */
export function contextOf(flags: ConfigFlags): ConfigContext {
	// It says what PHP may do, and is read again at a reload: PHP must not change it.
	reserve(flags.config);
	const env = { ...(flags.envAll && ownEnvironment()), ...fileVariables(flags.envfile), ...flags.env };
	return contextWith({
		file: resolve(flags.config),
		format: flags.adapter ?? formatOf(flags.config),
		phpVersion: flags.php,
		env,
		xdebug: flags.xdebug ?? false,
	});
}

/** What of the context does not depend on options. */
export function contextWith(
	given: Pick<ConfigContext, 'file' | 'format' | 'phpVersion' | 'env' | 'xdebug'>,
): ConfigContext {
	const { env } = given;
	return {
		...given,
		variables: { ...process.env, ...env },
		mostThreads: Math.max(2, Math.floor(totalmem() / 4 / MEMORY_PER_THREAD)),
		dataFolder: dataFolderOfUser(),
		folder: process.cwd(),
	};
}

/** Where certificates of HTTPS are kept, unless a Caddyfile says otherwise. */
export function dataFolderOfUser(): string {
	return join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'igor');
}

/** The environment of this process, and the variables of a file. @throws FileError, OptionsError */
export function environmentWith(envfile: string | undefined): Record<string, string> {
	return { ...ownEnvironment(), ...fileVariables(envfile) };
}

function fileVariables(file: string | undefined): Record<string, string> {
	if (file === undefined) return {};
	// As with the Caddyfile.
	reserve(file);
	return readEnvironment(readText(file), file);
}

/** The environment of this process. */
export function ownEnvironment(): Record<string, string> {
	const known = Object.entries(process.env).filter(([name]) => /^[^=\0]+$/.test(name));
	return Object.fromEntries(known) as Record<string, string>;
}

/** `--adapter`; without a name it is none, as for Caddy: the file is JSON. @throws OptionsError */
export function adapter(name: string): ConfigFormat {
	if (name === 'caddyfile') return name;
	if (name === 'json' || name === '') return 'json';
	throw new OptionsError(
		'bad_adapter',
		`--adapter ${name} is not available; Igor reads Caddyfiles ('caddyfile') and Caddy's JSON ('json').`,
	);
}

/** Reads the configuration of a command. @throws FileError, CaddyfileError, OptionsError */
export async function loadConfig(context: ConfigContext): Promise<ServerConfig> {
	// Loaded here, so that --help and version do not wait for it.
	const { readServerConfig } = await import('../platform/node/server/server-config.ts');
	return readServerConfig(readText(context.file), context.file, context);
}

/** @throws FileError */
export function readText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
		throw new FileError(`${resolve(file)} ${missing ? 'does not exist' : 'cannot be read'}; check the path.`);
	}
}
