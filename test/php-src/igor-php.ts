import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PHP_EXTENSIONS, type PhpVersion } from '../../src/config/values.ts';
import type { IgorProcessData } from './igor-process.ts';
import type { Invocation, Php, PhpRun } from './invocation.ts';
import { DEADLINE, MOST_OUTPUT } from './native-php.ts';

/** Beside the package's own bundle: PHP threads are started from a file next to it. */
const BUNDLE = fileURLToPath(new URL(`../../dist/test-php-src-${process.pid}.js`, import.meta.url));
/** After as many runs a process is replaced, so that what leaks there shows nowhere else. */
const MOST_RUNS = 500;
/** How much longer than its thread a process may take, milliseconds. */
const GRACE = 20_000;

/** How often the size of the output is looked at, milliseconds. */
const LOOK = 1000;

/** A process, how many runs it has had, and the file that its stdout and stderr go to, with what has been read of it. */
type Lane = { child: ChildProcess; runs: number; output: number; read: number };

/**
 * Igor's PHP: processes that run PHP's command line on one thread after another. A process loads and compiles PHP once,
 * which is what most of the time of `igor php-cli` goes into.
 */
export class IgorPhp implements Php {
	/** PHP finds itself by this name. */
	readonly executable = 'php';
	readonly extraArgs = '';
	readonly extensions: ReadonlySet<string>;
	readonly #data: IgorProcessData;
	readonly #idle: Lane[] = [];

	private constructor(data: IgorProcessData, extensions: ReadonlySet<string>) {
		this.#data = data;
		this.extensions = extensions;
	}

	/** @param folder where the tests are run; all of it is visible to PHP */
	static async start(phpVersion: PhpVersion, folder: string): Promise<IgorPhp> {
		await build({
			entryPoints: [fileURLToPath(new URL('igor-process.ts', import.meta.url))],
			outfile: BUNDLE,
			bundle: true,
			platform: 'node',
			format: 'esm',
			packages: 'external',
			logLevel: 'warning',
		});
		const data = { phpVersion, folder, deadline: DEADLINE };
		const asking = new IgorPhp(data, new Set());
		const { output, detail } = await asking.run({
			args: ['-r', 'echo implode(",", get_loaded_extensions());'],
			env: {},
			stdin: undefined,
			stdout: true,
			stderr: true,
			extensions: [],
		});
		const first = asking.#idle.pop();
		if (first !== undefined) await asking.#end(first);
		const names = output.toLowerCase().split(',');
		if (!names.includes('core')) throw new Error(`Igor's PHP does not start: ${output}${detail}`);
		return new IgorPhp(data, new Set([...names, ...PHP_EXTENSIONS, 'opcache']));
	}

	async run(invocation: Invocation): Promise<PhpRun> {
		const loaded = invocation.extensions.filter((name) => (PHP_EXTENSIONS as readonly string[]).includes(name));
		const asked = { ...invocation, extensions: loaded };
		// Of a process's standard streams there is one each.
		const isUsual = invocation.stdin === undefined && invocation.stdout && invocation.stderr;
		const lane = (isUsual ? this.#idle.pop() : undefined) ?? this.#start(invocation);
		const result = await ask(lane, asked);
		lane.runs++;
		if (lane.child.connected && isUsual && lane.runs < MOST_RUNS) this.#idle.push(lane);
		else this.#end(lane);
		return result;
	}

	/** Ends the processes, and removes what start() has built. No run may be left. */
	async close(): Promise<void> {
		await Promise.all(this.#idle.splice(0).map((lane) => this.#end(lane)));
		rmSync(BUNDLE, { force: true });
	}

	#start({ stdin, stdout, stderr }: Invocation): Lane {
		const folder = mkdtempSync(join(tmpdir(), 'igor-php-src-output-'));
		const output = openSync(join(folder, 'output'), 'a+');
		// It is open: it needs no name.
		rmSync(folder, { recursive: true });
		const child = fork(BUNDLE, [JSON.stringify(this.#data)], {
			serialization: 'advanced',
			stdio: [stdin === undefined ? 'ignore' : 'pipe', stdout ? output : 'ignore', stderr ? output : 'ignore', 'ipc'],
		});
		child.stdin?.on('error', () => {});
		child.stdin?.end(stdin, 'latin1');
		return { child, runs: 0, output, read: 0 };
	}

	async #end({ child, output }: Lane): Promise<void> {
		if (child.exitCode === null && child.signalCode === null) {
			const gone = new Promise((resolve) => child.once('exit', resolve));
			if (child.connected) child.disconnect();
			await gone;
		}
		closeSync(output);
	}
}

/** What has been written since the last time. */
function outputOf(lane: Lane): string {
	const bytes = Buffer.alloc(Math.min(MOST_OUTPUT, fstatSync(lane.output).size - lane.read));
	readSync(lane.output, bytes, 0, bytes.length, lane.read);
	lane.read += bytes.length;
	return bytes.toString('latin1');
}

function ask(lane: Lane, invocation: Invocation): Promise<PhpRun> {
	const { child, output, read } = lane;
	return new Promise((resolve) => {
		const backstop = setTimeout(() => child.kill('SIGKILL'), DEADLINE + GRACE);
		const looking = setInterval(() => {
			if (fstatSync(output).size - read > MOST_OUTPUT) child.kill('SIGKILL');
		}, LOOK);
		const settle = (ending: Omit<PhpRun, 'output'>): void => {
			clearTimeout(backstop);
			clearInterval(looking);
			child.off('message', answered);
			child.off('exit', ended);
			resolve({ ...ending, output: outputOf(lane) });
		};
		const ended = (status: number | null, signal: string | null): void =>
			settle({ ending: 'crash', detail: `the process ended: ${signal ?? status}` });
		const answered = (result: unknown): void => settle(result as Omit<PhpRun, 'output'>);
		child.once('exit', ended);
		child.once('message', answered);
		child.send(invocation);
	});
}
