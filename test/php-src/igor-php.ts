import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
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

/** A process, and how many runs it has had. */
type Lane = { child: ChildProcess; runs: number };

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
		const data = { phpVersion, folder, deadline: DEADLINE, mostOutput: MOST_OUTPUT };
		const asking = new IgorPhp(data, new Set());
		const { output, detail } = await asking.run({
			args: ['-r', 'echo implode(",", get_loaded_extensions());'],
			env: {},
			stdin: undefined,
			stdout: true,
			stderr: true,
			extensions: [],
		});
		asking.#idle.pop()?.child.disconnect();
		const names = output.toLowerCase().split(',');
		if (!names.includes('core')) throw new Error(`Igor's PHP does not start: ${output}${detail}`);
		return new IgorPhp(data, new Set([...names, ...PHP_EXTENSIONS, 'opcache']));
	}

	async run(invocation: Invocation): Promise<PhpRun> {
		const loaded = invocation.extensions.filter((name) => (PHP_EXTENSIONS as readonly string[]).includes(name));
		const asked = { ...invocation, extensions: loaded };
		// Of a process's stdin there is one.
		const lane = (invocation.stdin === undefined ? this.#idle.pop() : undefined) ?? this.#start(invocation.stdin);
		const result = await ask(lane.child, asked);
		lane.runs++;
		if (lane.child.connected && invocation.stdin === undefined && lane.runs < MOST_RUNS) this.#idle.push(lane);
		else if (lane.child.connected) lane.child.disconnect();
		return result;
	}

	/** Ends the processes, and removes what start() has built. No run may be left. */
	async close(): Promise<void> {
		const lanes = this.#idle.splice(0);
		await Promise.all(
			lanes.map(({ child }) => {
				const gone = new Promise((resolve) => child.once('exit', resolve));
				child.disconnect();
				return gone;
			}),
		);
		rmSync(BUNDLE, { force: true });
	}

	#start(stdin: string | undefined): Lane {
		const child = fork(BUNDLE, [JSON.stringify(this.#data)], {
			serialization: 'advanced',
			stdio: [stdin === undefined ? 'ignore' : 'pipe', 'inherit', 'inherit', 'ipc'],
		});
		child.stdin?.on('error', () => {});
		child.stdin?.end(stdin, 'latin1');
		return { child, runs: 0 };
	}
}

function ask(child: ChildProcess, invocation: Invocation): Promise<PhpRun> {
	return new Promise((resolve) => {
		const backstop = setTimeout(() => child.kill('SIGKILL'), DEADLINE + GRACE);
		const ended = (status: number | null, signal: string | null): void => {
			clearTimeout(backstop);
			child.off('message', answered);
			resolve({ output: '', ending: 'crash', detail: `the process ended: ${signal ?? status}` });
		};
		const answered = (result: unknown): void => {
			clearTimeout(backstop);
			child.off('exit', ended);
			resolve(result as PhpRun);
		};
		child.once('exit', ended);
		child.once('message', answered);
		child.send(invocation);
	});
}
