import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-port.ts';
import { programOf } from './redis-programs.ts';

/** A process of Redis or of its Sentinel, on a port and in a folder of its own. */
export class RedisNode implements AsyncDisposable {
	readonly port: number;
	readonly #folder = mkdtempSync(join(tmpdir(), 'igor-redis-'));
	readonly #process: ChildProcess;
	readonly #ended: Promise<void>;

	private constructor(program: 'redis-server' | 'redis-sentinel', port: number, lines: readonly string[]) {
		this.port = port;
		const path = programOf(program);
		if (path === undefined) throw new Error(`${program} is not on this machine; install Debian's ${program}.`);
		const config = join(this.#folder, 'node.conf');
		const common = ['logfile node.log', `port ${port}`, 'bind 127.0.0.1', `dir ${this.#folder}`, 'protected-mode no'];
		writeFileSync(config, [...common, ...lines, ''].join('\n'));
		this.#process = spawn(path, [config], { stdio: 'ignore' });
		this.#ended = new Promise((resolve) => {
			this.#process.once('error', () => resolve());
			this.#process.once('exit', () => resolve());
		});
	}

	/** Starts it, and waits until it answers. */
	static async start(program: 'redis-server' | 'redis-sentinel', lines: readonly string[] = []): Promise<RedisNode> {
		const node = new RedisNode(program, await freePort(), lines);
		await eventually(`${program} on port ${node.port}`, () => node.ask('PING').catch(() => undefined));
		return node;
	}

	get address(): string {
		return `127.0.0.1:${this.port}`;
	}

	/** As a power failure does it. */
	async kill(): Promise<void> {
		this.#process.kill('SIGKILL');
		await this.#ended;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.kill();
		rmSync(this.#folder, { recursive: true, force: true });
	}

	/** Sends one command by a connection of its own; the answer as it came. */
	ask(...words: string[]): Promise<string> {
		return new Promise((resolve, reject) => {
			const socket = this.connect();
			let answer = '';
			socket.setTimeout(1000, () => socket.destroy(new Error(`${this.address} does not answer`)));
			socket.on('data', (data) => {
				answer += data;
				if (answer.endsWith('\r\n')) socket.end(() => resolve(answer.trimEnd()));
			});
			socket.on('error', reject);
			socket.write(`${words.join(' ')}\r\n`);
		});
	}

	/** When it logged an event first, milliseconds since 1970, by its own clock; undefined = not yet. */
	timeOf(event: string): number | undefined {
		const line = readFileSync(join(this.#folder, 'node.log'), 'utf8')
			.split('\n')
			.find((text) => text.includes(` ${event} `));
		const time = line?.match(/\d+ \w+ \d+ \d+:\d+:\d+\.\d+/)?.[0];
		return time === undefined ? undefined : Date.parse(time);
	}

	private connect(): Socket {
		return connect(this.port, '127.0.0.1');
	}
}
