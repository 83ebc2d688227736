import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ConfigFormat, formatOf } from '../adapt/config-format.ts';
import { DEFAULT_ADMIN_ADDRESS } from '../config/defaults.ts';
import { OptionsError } from '../config/options-error.ts';
import { type ListenAddress, parseListen } from '../config/values.ts';
import { AdminClient } from './admin-client.ts';
import { ADAPTER, adapter, readText } from './config-file.ts';

/** The options of every command that talks to a running server. */
export interface AdminFlags {
	config: string;
	address?: string;
	adapter?: ConfigFormat;
}

/** Adds them to a command. @param config what it needs the Caddyfile for */
export function addAdminOptions(command: Command, config = 'a Caddyfile that says where the admin API is'): Command {
	return command
		.option('-c, --config <file>', config, 'Caddyfile')
		.option('-a, --adapter <name>', ADAPTER, adapter)
		.option(
			'--address <host:port>',
			`where the admin API of the running server is (default: as the Caddyfile here says, else ${DEFAULT_ADMIN_ADDRESS})`,
		);
}

/**
 * The client for the running server.
 *
 * @param strict whether a Caddyfile with mistakes is an error; else it is ignored
 * @throws OptionsError for a wrong address, or when the Caddyfile turns the API off; FileError, CaddyfileError
 */
export async function adminClient(
	{ address, config, adapter: format = formatOf(config) }: AdminFlags,
	strict = false,
): Promise<AdminClient> {
	return new AdminClient(
		address === undefined ? await configuredAddress(config, format, strict) : parseAddress(address),
	);
}

/** What the Caddyfile says, else Caddy's default. A missing Caddyfile says nothing. */
async function configuredAddress(config: string, format: ConfigFormat, strict: boolean): Promise<ListenAddress> {
	const { adminEndpoint } = await import('../scopes/admin-address.ts');
	const file = resolve(config);
	if (!existsSync(file)) return parseListen(DEFAULT_ADMIN_ADDRESS);
	let endpoint: ListenAddress | undefined;
	try {
		const [{ adaptConfig }, { createCaddyfileHost }] = await Promise.all([
			import('../adapt/json/adapt-config.ts'),
			import('../platform/node/config/caddyfile-host.ts'),
		]);
		endpoint = adminEndpoint(adaptConfig(readText(file), file, format, createCaddyfileHost(process.env)).global);
	} catch (error) {
		if (strict) throw error;
		return parseListen(DEFAULT_ADMIN_ADDRESS);
	}
	if (endpoint !== undefined) return endpoint;
	throw new OptionsError(
		'bad_listen',
		`${file} turns the admin API off; --address says where it is, should the running server have one.`,
	);
}

function parseAddress(text: string): ListenAddress {
	try {
		return parseListen(text.replace(/^http:\/\//, '').replace(/\/$/, ''));
	} catch {
		throw new OptionsError(
			'bad_listen',
			`--address ${text} is no HOST:PORT; write one such as ${DEFAULT_ADMIN_ADDRESS}.`,
		);
	}
}
