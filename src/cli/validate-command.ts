import type { Command } from 'commander';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import { addConfigOptions, type ConfigFlags, contextOf, loadConfig } from './config-file.ts';

/** Adds `igor validate` and `igor adapt`: both read a Caddyfile and start nothing. */
export function addValidate(program: Command): void {
	addConfigOptions(
		program.command('validate').description('Check a Caddyfile, and the folders and scripts that it names'),
	).action(async (flags: ConfigFlags) => {
		warn(await loadConfig(contextOf(flags)));
		process.stdout.write('Valid configuration\n');
	});
	addConfigOptions(
		program
			.command('adapt')
			.description('Print a Caddyfile as Igor understands it, as JSON')
			.option('-p, --pretty', 'indent the JSON')
			.option('--validate', "for Caddy's sake: what is printed is always valid"),
	).action(async (flags: ConfigFlags & { pretty?: boolean }) => {
		const config = await loadConfig(contextOf(flags));
		warn(config);
		process.stdout.write(`${JSON.stringify(config.adapted, undefined, flags.pretty ? '\t' : undefined)}\n`);
	});
}

function warn({ adapted }: ServerConfig): void {
	for (const { position, message } of adapted.warnings)
		process.stderr.write(`igor: warning: ${position}: ${message}\n`);
}
