import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { OptionsError } from '../config/options-error.ts';
import { type ListenAddress, parseListen } from '../config/values.ts';
import { readText } from './config-file.ts';

/** Adds `--address`. */
export function addAddressOption(command: Command): Command {
	return command.option(
		'--address <host:port>',
		'where the admin API of the running server is (default: as the Caddyfile here says, else localhost:2019)',
	);
}

/**
 * Where the admin API is: what `--address` says, else what the Caddyfile says, else Caddy's default.
 *
 * @param config a Caddyfile; one that is not there says nothing
 * @param strict whether a Caddyfile with mistakes is an error; else it says nothing
 * @throws OptionsError for a wrong address, or when the Caddyfile turns the API off; FileError, CaddyfileError
 */
export async function adminAddress(
	address: string | undefined,
	config: string,
	strict: boolean,
): Promise<ListenAddress> {
	if (address !== undefined) return parseAddress(address);
	const { adminEndpoint, DEFAULT_ADMIN_ADDRESS } = await import('../server/admin-address.ts');
	const file = resolve(config);
	if (!existsSync(file)) return parseListen(DEFAULT_ADMIN_ADDRESS);
	let endpoint: ListenAddress | undefined;
	try {
		const [{ adaptCaddyfile }, { createCaddyfileHost }] = await Promise.all([
			import('../caddyfile/adapt.ts'),
			import('../platform/node/config/caddyfile-host.ts'),
		]);
		endpoint = adminEndpoint(adaptCaddyfile(readText(file), file, createCaddyfileHost(process.env)).global);
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
		throw new OptionsError('bad_listen', `--address ${text} is no HOST:PORT; write one such as localhost:2019.`);
	}
}
