import { spawn } from 'node:child_process';
import { BIN } from './igor.ts';

/** What a program did. */
export type Ended = { status: number | NodeJS.Signals; out: string; err: string };

/** Runs a program to its end. @param input for its stdin; undefined = /dev/null */
export function runProgram(
	file: string,
	args: readonly string[],
	{ cwd, input, env }: { cwd: string; input?: string | undefined; env?: Readonly<Record<string, string>> },
): Promise<Ended> {
	const child = spawn(file, args, {
		cwd,
		env: { ...process.env, ...env },
		stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
	});
	const ended = { out: '', err: '' };
	child.stdout?.setEncoding('utf8').on('data', (text) => {
		ended.out += text;
	});
	child.stderr?.setEncoding('utf8').on('data', (text) => {
		ended.err += text;
	});
	// It may end without reading all of it.
	child.stdin?.on('error', () => {});
	child.stdin?.end(input);
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, signal) => resolve({ status: code ?? signal ?? -1, ...ended }));
	});
}

/** Runs `igor php-cli`. */
export function phpCli(args: readonly string[], options: Parameters<typeof runProgram>[2]): Promise<Ended> {
	return runProgram(process.execPath, [BIN, 'php-cli', ...args], options);
}
