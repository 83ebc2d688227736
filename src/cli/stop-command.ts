import type { Command } from 'commander';
import { addAddressOption, adminAddress } from './admin-address.ts';
import { AdminClient } from './admin-client.ts';

interface Flags {
	config: string;
	address?: string;
}

/** Milliseconds. The server answers before it stops. */
const TIMEOUT = 10_000;

/** Adds `igor stop`. */
export function addStop(program: Command, finish: (status: number) => void): void {
	addAddressOption(
		program
			.command('stop')
			.description('Have the running server finish its requests and end')
			.option('-c, --config <file>', 'a Caddyfile that says where the admin API is', 'Caddyfile'),
	).action(async ({ address, config }: Flags) => {
		await new AdminClient(await adminAddress(address, config, false)).ask('POST', '/stop', { timeout: TIMEOUT });
		finish(0);
	});
}
