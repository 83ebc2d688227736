import type { Command } from 'commander';
import type { ServerConfig } from '../platform/node/server/server-config.ts';
import { addConfigOptions, type ConfigFlags, contextOf, loadConfig } from './config-file.ts';

/** Adds `igor validate` and `igor adapt`: both read a configuration and start nothing. */
export function addValidate(program: Command): void {
	addConfigOptions(
		program.command('validate').description('Check a configuration, and the folders and scripts that it names'),
	).action(async (flags: ConfigFlags) => {
		warn(await loadConfig(contextOf(flags)));
		process.stdout.write('Valid configuration\n');
	});
	addConfigOptions(
		program
			.command('adapt')
			.description("Print a Caddyfile as Caddy's JSON, as far as Igor understands it")
			.option('-p, --pretty', 'indent the JSON')
			.option('--validate', "for Caddy's sake: what is printed is always valid"),
	).action(async (flags: ConfigFlags & { pretty?: boolean }) => {
		const config = await loadConfig(contextOf(flags));
		warn(config);
		const [{ writeCaddyJson }, { withoutClusterSecrets }] = await Promise.all([
			import('../adapt/json/caddy-json.ts'),
			import('../adapt/json/cluster-json.ts'),
		]);
		const json = writeCaddyJson(withoutClusterSecrets(config.adapted));
		process.stdout.write(`${JSON.stringify(json, undefined, flags.pretty ? '\t' : undefined)}\n`);
	});
}

function warn({ adapted }: ServerConfig): void {
	for (const { position, message } of adapted.warnings)
		process.stderr.write(`igor: warning: ${position}: ${message}\n`);
}
