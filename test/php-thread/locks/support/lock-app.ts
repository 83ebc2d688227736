import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServeOptions, type Server, serve } from 'igor-php';
import { eventually } from '../../../support/eventually.ts';
import { Neighbour, type Program } from './neighbours.ts';

/** Who takes part: a request of the server, or a process. */
export type Party = 'server' | Program;

/** Does steps of its arguments with handles of one file, and prints what each gave. */
const STEPS = `<?php
$steps = isset($argv) && count($argv) > 1 ? array_slice($argv, 1) : $_GET['steps'];
$folder = array_shift($steps);
$handles = [];
$print = function ($value) { echo json_encode($value), "\\n"; @ob_flush(); flush(); };
foreach ($steps as $step) {
	[$verb, $object, $more] = explode(' ', "$step  ");
	match ($verb) {
		'open' => $handles[$object] = fopen("$folder/locked", 'c+'),
		'try' => $print([flock($handles[$object], constant("LOCK_$more") | LOCK_NB, $block), $block]),
		'wait' => $print(flock($handles[$object], constant("LOCK_$more"))),
		'unlock' => flock($handles[$object], LOCK_UN),
		'close' => fclose($handles[$object]),
		'say' => $print($object),
		'until' => (function () use ($folder, $object) { while (!file_exists("$folder/$object")) usleep(1000); })(),
		'touch' => touch("$folder/$object"),
		'loop' => (function () { while (true); })(),
		'fail' => undefined_function(),
		'count' => (function () use ($folder, $object, $more) {
			$h = fopen("$folder/$object", 'c+');
			for ($i = 0; $i < (int) $more; $i++) {
				flock($h, LOCK_EX);
				rewind($h);
				$n = (int) stream_get_contents($h);
				rewind($h);
				fwrite($h, $n + 1);
				fflush($h);
				flock($h, LOCK_UN);
			}
		})(),
	};
}
`;

/** A folder with a file to lock, a server for it, and other processes. */
export class LockApp implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-flock-')));
	readonly server!: Server;
	readonly #neighbours: Neighbour[] = [];
	#round = 0;

	static async start(options: ServeOptions = {}): Promise<LockApp> {
		const app = new LockApp();
		writeFileSync(join(app.folder, 'steps.php'), STEPS);
		app.next();
		const server = await serve({ root: app.folder, listen: false, threads: 3, log: false, ...options });
		return Object.assign(app, { server });
	}

	/** Runs steps; the lines that they print. */
	async run(party: Party, ...steps: string[]): Promise<unknown[]> {
		const output = await (party === 'server' ? this.#request(steps) : this.begin(party, ...steps).ended());
		return output.split('\n').filter(Boolean).map(parse);
	}

	/** Starts steps in a process. */
	begin(program: Program, ...steps: string[]): Neighbour {
		const script = join(this.folder, 'steps.php');
		const neighbour = new Neighbour(program, this.folder, script, this.path('.'), ...steps);
		this.#neighbours.push(neighbour);
		return neighbour;
	}

	/** Somebody takes the lock and says so; it gives it back as `last` says, once told to `go`. */
	async hold(party: Party, kind: 'EX' | 'SH', last: readonly string[] = ['unlock a']): Promise<Holder> {
		const steps = ['open a', `wait a ${kind}`, 'touch held', 'until go', ...last, 'touch done', 'until end'];
		const neighbour = party === 'server' ? undefined : this.begin(party, ...steps);
		const ended = neighbour === undefined ? this.#request(steps) : neighbour.ended();
		ended.catch(() => {});
		await this.sees('held');
		return {
			release: async () => {
				this.touch('go');
				await this.sees('done');
			},
			end: async () => {
				this.touch('go');
				this.touch('end');
				return await ended;
			},
			neighbour,
		};
	}

	/** The next test has files of its own. */
	next(): void {
		this.#round++;
		mkdirSync(this.path('.'));
	}

	touch(name: string): void {
		writeFileSync(this.path(name), '');
	}

	/** Where a file of the current test is. */
	path(name: string): string {
		return join(this.folder, String(this.#round), name);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.touch('go');
		this.touch('end');
		await Promise.all(this.#neighbours.map((neighbour) => neighbour[Symbol.asyncDispose]()));
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	async #request(steps: readonly string[]): Promise<string> {
		const query = new URLSearchParams([this.path('.'), ...steps].map((step) => ['steps[]', step]));
		return await (await this.server.fetch(`/steps.php?${query}`)).text();
	}

	/** Resolves when somebody has made a file of this name. */
	async sees(name: string): Promise<void> {
		await eventually(`the file ${name}`, () => existsSync(this.path(name)), 60);
	}
}

/** Who has a lock. */
export type Holder = {
	/** Gives it back, and goes on. */
	release(): Promise<void>;
	/** Ends; what it has printed. */
	end(): Promise<string>;
	neighbour: Neighbour | undefined;
};

function parse(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return line;
	}
}
