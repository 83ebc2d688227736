import { spawn, spawnSync } from 'node:child_process';
import type { Invocation, Php, PhpRun } from './invocation.ts';

/** Longer runs are ended, milliseconds: what run-tests.php grants. */
export const DEADLINE = 60_000;
/** Of the output, bytes: more is of a test that never ends. */
export const MOST_OUTPUT = 8 << 20;

/** What Debian calls the PHP that the tests are of. */
export const NATIVE = 'php8.2';
/** Debian's extensions, without what else there is in its php.ini. */
const OWN_ARGS = ['-c', '/dev/null'];

/** Debian's PHP, of the version that the tests are of. */
export class NativePhp implements Php {
	readonly executable: string;
	readonly extraArgs = OWN_ARGS.join(' ');
	readonly extensions: ReadonlySet<string>;
	/** Release and extensions: another has other results. */
	readonly version: string;
	readonly #folder: string;

	/** @param folder where the tests are run */
	constructor(program: string, folder: string) {
		this.executable = program;
		this.#folder = folder;
		const ask = (code: string): string =>
			spawnSync(program, [...OWN_ARGS, '-r', code], { encoding: 'utf8' }).stdout.trim();
		const names = ask('echo implode(",", get_loaded_extensions());').toLowerCase().split(',').sort();
		this.extensions = new Set([...names, ...(names.includes('zend opcache') ? ['opcache'] : [])]);
		this.version = `${ask('echo PHP_VERSION, PHP_EXTRA_VERSION;')} ${names.join(' ')}`;
	}

	run({ args, env, stdin, stdout, stderr }: Invocation): Promise<PhpRun> {
		// Both into one pipe: the order of what is written is the test's.
		const command = `exec "$0" "$@"${stdout ? '' : ' 3>&1 >/dev/null 2>&3'}${stdout && stderr ? ' 2>&1' : ''}`;
		const child = spawn('/bin/sh', ['-c', command, this.executable, ...OWN_ARGS, ...args], {
			cwd: this.#folder,
			env,
			detached: true,
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		return new Promise((resolve) => {
			let output = '';
			let ending: PhpRun['ending'] = 'exit';
			const end = (): void => {
				ending = 'timeout';
				endGroup(child.pid);
			};
			const timer = setTimeout(end, DEADLINE);
			child.stdout.setEncoding('latin1').on('data', (text: string) => {
				output += text;
				if (output.length > MOST_OUTPUT) end();
			});
			child.stdin.on('error', () => {});
			child.stdin.end(stdin, 'latin1');
			child.on('error', (error) => {
				clearTimeout(timer);
				resolve({ output, ending: 'crash', detail: String(error) });
			});
			child.on('exit', () => {
				clearTimeout(timer);
				// A program that it has left behind keeps the pipe, and goes with it.
				endGroup(child.pid);
				setTimeout(() => child.stdout.destroy(), 1000).unref();
			});
			child.on('close', (status, signal) => {
				if (ending === 'exit' && signal !== null) resolve({ output, ending: 'crash', detail: signal });
				else resolve({ output, ending, detail: `status ${status}` });
			});
		});
	}
}

function endGroup(pid: number | undefined): void {
	try {
		if (pid !== undefined) process.kill(-pid, 'SIGKILL');
	} catch {
		// Nothing is left of it.
	}
}
