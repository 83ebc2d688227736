import type { Command } from 'commander';
import { type AdminFlags, addAdminOptions, adminClient } from './admin-options.ts';

/** Milliseconds. The server answers before it stops. */
const TIMEOUT = 10_000;

/** Adds `igor stop`. */
export function addStop(program: Command, finish: (status: number) => void): void {
	addAdminOptions(program.command('stop').description('Have the running server finish its requests and end')).action(
		async (flags: AdminFlags) => {
			const client = await adminClient(flags);
			await client.ask('POST', '/stop', { timeout: TIMEOUT });
			finish(0);
		},
	);
}
