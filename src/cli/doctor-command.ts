import { dirname } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_ADMIN_ADDRESS, DEFAULTS } from '../config/defaults.ts';
import { type ListenAddress, parseListen } from '../config/values.ts';
import { dataFolderOfUser } from './config-file.ts';
import type { Finding } from './doctor-check.ts';
import { savedConfigFile } from './saved-config.ts';

interface Flags {
	listen?: ListenAddress;
	address?: ListenAddress;
}

/** Adds `igor doctor`. */
export function addDoctor(program: Command, finish: (status: number) => void): void {
	program
		.command('doctor')
		.description('Check what a server needs of this machine; exit status 1 when something is missing')
		.option(
			'-l, --listen <host:port>',
			`address that has to be free (default: ${DEFAULTS.listen}, which need not be)`,
			parseListen,
		)
		.option('--address <host:port>', `where the admin API will be (default: ${DEFAULT_ADMIN_ADDRESS})`, parseListen)
		.action(async (flags: Flags) => finish(await examine(flags)));
}

async function examine({ listen, address = parseListen(DEFAULT_ADMIN_ADDRESS) }: Flags): Promise<number> {
	const [{ checkFolders, checkLocks, checkMemory, checkNode, checkPorts }, { checkPhp }] = await Promise.all([
		import('./doctor-machine.ts'),
		import('./doctor-php.ts'),
	]);
	const checks: readonly (() => Finding | Finding[] | Promise<Finding[]>)[] = [
		checkNode,
		checkPhp,
		() => checkFolders(dataFolderOfUser(), dirname(savedConfigFile())),
		() => checkPorts(listen, parseListen(DEFAULTS.listen), address),
		checkLocks,
		() => checkMemory(),
	];
	let failures = 0;
	for (const check of checks) {
		for (const { verdict, text } of [await check()].flat()) {
			process.stdout.write(`${verdict.padEnd(4)}  ${text}\n`);
			if (verdict === 'fail') failures++;
		}
	}
	const things = failures === 1 ? '1 thing that is needed is' : `${failures} things that are needed are`;
	process.stdout.write(failures === 0 ? 'Nothing that is needed is missing.\n' : `${things} missing; see "fail".\n`);
	return failures === 0 ? 0 : 1;
}
