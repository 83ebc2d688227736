import { readFileSync } from 'node:fs';
import { homedir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { PHP_VERSIONS, type PhpVersion, parsePhpVersion } from '../config/values.ts';
import { reserve } from '../platform/node/files/reserved.ts';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import { keyValues } from './collect.ts';

/** A file named on the command line that cannot be read. */
export class FileError extends Error {
	override readonly name = 'FileError';
	readonly code = 'cannot_read';
}

/** The options that every command with a Caddyfile has. */
export interface ConfigFlags {
	config: string;
	php: PhpVersion;
	env?: Record<string, string>;
	envfile?: string;
}

/** What follows from them. */
export interface ConfigContext {
	readonly file: string;
	readonly phpVersion: PhpVersion;
	/** Variables that PHP sees. */
	readonly env: Readonly<Record<string, string>>;
	/** Variables for `{$NAME}` in the Caddyfile: those, and the environment of this process. */
	readonly variables: Readonly<Record<string, string | undefined>>;
	readonly mostThreads: number;
	readonly dataFolder: string;
	readonly folder: string;
}

/** Memory that `max_threads auto` assumes per thread, bytes: PHP's default memory_limit, as in FrankenPHP. */
const MEMORY_PER_THREAD = 128 * 1024 * 1024;

/** Adds the options to a command. */
export function addConfigOptions(command: Command): Command {
	return command
		.option('-c, --config <file>', 'the Caddyfile', 'Caddyfile')
		.option('--php <version>', `PHP version: ${PHP_VERSIONS.join(', ')}`, parsePhpVersion, DEFAULTS.phpVersion)
		.option('--env <key=value>', 'environment variable for PHP and the Caddyfile (repeatable)', keyValues('--env'))
		.option('--envfile <file>', 'file of such variables, in .env format');
}

/** @throws FileError when the file of variables cannot be read */
export function contextOf(flags: ConfigFlags): ConfigContext {
	const env: Record<string, string> = {};
	// They say what PHP may do, and are read again at a reload: PHP must not change them.
	reserve(flags.config);
	if (flags.envfile !== undefined) {
		reserve(flags.envfile);
		for (const [name, value] of Object.entries(parseEnv(readText(flags.envfile)))) {
			if (value !== undefined) env[name] = value;
		}
	}
	Object.assign(env, flags.env);
	return {
		file: resolve(flags.config),
		phpVersion: flags.php,
		env,
		variables: { ...process.env, ...env },
		mostThreads: Math.max(2, Math.floor(totalmem() / 4 / MEMORY_PER_THREAD)),
		dataFolder: join(process.env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'igor'),
		folder: process.cwd(),
	};
}

/** Reads the Caddyfile of a command. @throws FileError, CaddyfileError, OptionsError */
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
