import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { addRunOptions } from './run-command.ts';

/** The descriptor on which a server that runs in the background tells that it is ready. */
const READY_DESCRIPTOR = 3;

/** Adds `igor start`: `run` in the background, once it is ready. */
export function addStart(program: Command, finish: (status: number) => void): void {
	const command = program
		.command('start')
		.description("Serve what a Caddyfile describes, in the background; 'stop' ends it");
	addRunOptions(command).action(async () => finish(await start(process.argv.slice(process.argv.indexOf('start') + 1))));
}

async function start(args: readonly string[]): Promise<number> {
	const child = spawn(
		process.execPath,
		[...process.execArgv, process.argv[1] as string, 'run', ...args, '--ready', String(READY_DESCRIPTOR)],
		{ detached: true, stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
	);
	const pipe = child.stdio[READY_DESCRIPTOR] as Readable;
	const status = await new Promise<number>((resolve) => {
		pipe.once('data', () => resolve(0));
		child.once('error', () => resolve(1));
		child.once('exit', (code) => resolve(code || 1));
	});
	if (status === 0) process.stdout.write(`Igor runs in the background (pid ${child.pid})\n`);
	pipe.destroy();
	child.unref();
	return status;
}
