import type { Command } from 'commander';
import { PHP_EXTENSIONS, PHP_VERSIONS } from '../config/values.ts';
import { environmentWith } from './config-file.ts';
import { packageFacts } from './version.ts';

/** Adds `igor environ`, `igor list-modules` and `igor build-info`. */
export function addInformation(program: Command): void {
	program
		.command('environ')
		.description('Print the environment that a server would have; it may contain secrets')
		.option('--envfile <file>', 'file of further variables, in .env format')
		.action(({ envfile }: { envfile?: string }) => printEnvironment(environmentWith(envfile)));
	program
		.command('list-modules')
		.description('Print what Igor has of Caddy, by the names of its modules')
		.action(async () => {
			const { moduleNames } = await import('./module-names.ts');
			process.stdout.write(
				moduleNames()
					.map((name) => `${name}\n`)
					.join(''),
			);
		});
	program
		.command('build-info')
		.description('Print the versions of everything that Igor is made of')
		.action(() => {
			const { version, dependencies } = packageFacts();
			const lines = [
				`igor\t${version}`,
				`node\t${process.versions.node}`,
				`v8\t${process.versions.v8}`,
				`php\t${PHP_VERSIONS.join(', ')}`,
				`extensions\t${PHP_EXTENSIONS.join(', ')}`,
				...Object.entries(dependencies).map(([name, wanted]) => `dep\t${name}\t${wanted}`),
			];
			process.stdout.write(lines.map((line) => `${line}\n`).join(''));
		});
}

/** `KEY=VALUE` lines, sorted. */
export function printEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
	for (const name of Object.keys(variables).sort()) process.stdout.write(`${name}=${variables[name]}\n`);
}
