import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

/** Arguments with which a client has to prove who it is. */
const SECURE = ['--auth', '--user', '--tls', '--config'];

/** A process of Debian's `nats-server` with JetStream, on loopback, in a folder of its own. */
export class NatsServer implements AsyncDisposable {
	readonly port: number;
	readonly #more: readonly string[];
	readonly #folder = mkdtempSync(join(tmpdir(), 'igor-nats-'));
	#child: ChildProcess | undefined;

	constructor(port: number, more: readonly string[] = []) {
		this.port = port;
		this.#more = more;
	}

	/** One server, ready. @param more arguments of the program */
	static async start(...more: readonly string[]): Promise<NatsServer> {
		const server = new NatsServer(await freePort(), more);
		server.run();
		await server.ready();
		return server;
	}

	/** Three servers that are one JetStream, ready. */
	static async startThree(): Promise<NatsServer[]> {
		const ports = await Promise.all([freePort(), freePort(), freePort()]);
		const routes = await Promise.all([freePort(), freePort(), freePort()]);
		const all = routes.map((port) => `nats://127.0.0.1:${port}`).join();
		const servers = ports.map(
			(port, index) =>
				new NatsServer(port, [
					...['--server_name', `n${index}`, '--cluster_name', 'test'],
					...['--cluster', `nats://127.0.0.1:${routes[index]}`, '--routes', all],
				]),
		);
		for (const server of servers) server.run();
		await Promise.all(servers.map((server) => server.ready()));
		return servers;
	}

	get url(): string {
		return `nats://127.0.0.1:${this.port}`;
	}

	get isRunning(): boolean {
		return this.#child !== undefined;
	}

	/** Starts the process, with what the one before has left on disk. */
	run(): void {
		this.#child = spawn(
			'nats-server',
			['--jetstream', '--store_dir', this.#folder, '--addr', '127.0.0.1', '--port', String(this.port), ...this.#more],
			{ stdio: 'ignore' },
		);
	}

	/** Resolves when its JetStream answers. */
	async ready(): Promise<void> {
		await eventually(`nats-server on port ${this.port}`, () => listens(this.port));
		if (this.#more.some((each) => SECURE.includes(each))) return;
		const client = await connect({ servers: this.url });
		await eventually(`JetStream on port ${this.port}`, () =>
			jetstreamManager(client).then(
				() => true,
				() => false,
			),
		);
		await client.close();
	}

	/** The number of the server that leads the bucket whose name begins so. */
	async leaderOf(bucket: string): Promise<number> {
		const client = await connect({ servers: this.url });
		try {
			const manager = await jetstreamManager(client);
			for await (const stream of manager.streams.list()) {
				if (stream.config.name.startsWith(`KV_${bucket}`)) return Number(stream.cluster?.leader?.slice(1));
			}
			throw new Error(`There is no bucket ${bucket}.`);
		} finally {
			await client.close();
		}
	}

	/** Deletes the buckets whose names begin so; returns how many there were. */
	async remove(...buckets: readonly string[]): Promise<number> {
		const client = await connect({ servers: this.url });
		try {
			const manager = await jetstreamManager(client);
			const names: string[] = [];
			for await (const { config } of manager.streams.list()) {
				if (buckets.some((bucket) => config.name.startsWith(`KV_${bucket}`))) names.push(config.name);
			}
			for (const name of names) await manager.streams.delete(name);
			return names.length;
		} finally {
			await client.close();
		}
	}

	async end(signal: NodeJS.Signals): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (child === undefined) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.end('SIGKILL');
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connectSocket(port, '127.0.0.1');
		socket.on('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.on('error', () => resolve(false));
	});
}
