import { spawnSync } from 'node:child_process';

/** A program of Node that does what `code` says; its command line for PHP. Only node itself has to be there. */
export function nodeCommand(code: string, ...args: string[]): string[] {
	return [process.execPath, '-e', code, ...args];
}

/** Processes of this machine whose command line contains a text. */
export function processesWith(text: string): string[] {
	const { stdout } = spawnSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' });
	return stdout.split('\n').filter((line) => line.includes(text) && !line.includes('ps -eo'));
}
