import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Igor, run, writeApp } from '../../program/support/igor.ts';
import { freePort } from '../../support/free-port.ts';

/** What the sidekicks of the tests publish: who runs it, and a number that grows. */
const CONSOLE = `<?php
frankenphp_log("begins {$argv[1]} as {$_SERVER['SERVER']}");
$from = (int) (microtime(true) * 1000);
for ($count = 1; !frankenphp_sidekick_should_stop(); $count++) {
	frankenphp_sidekick_set_vars(['server' => $_SERVER['SERVER'], 'run' => "$from", 'count' => "$count"]);
	usleep(20_000);
}
file_put_contents(__DIR__ . '/ended', "{$_SERVER['SERVER']} ", FILE_APPEND);
`;

const READ = `<?php
try {
	echo json_encode(frankenphp_sidekick_get_vars($_GET['name'], (float) ($_GET['timeout'] ?? 10)));
} catch (RuntimeException $error) {
	echo json_encode(['error' => $error->getMessage()]);
}
`;

export type Vars = { server: string; run: string; count: string; error?: string };

/** How a fleet's servers are configured. */
export type FleetOptions = {
	nats: readonly string[];
	/** Seconds. */
	lease?: number;
	replicas?: number;
	/** Further lines in the block `cluster`. */
	cluster?: string;
	/** Lines in the block `sidekick`. */
	sidekick?: string;
	/** Further lines in `php_server`. */
	php?: string;
	files?: Readonly<Record<string, string>>;
};

/** A folder with the app, for all servers of a fleet. */
export function fleetApp({
	nats,
	lease = 1,
	replicas = 1,
	cluster = '',
	sidekick = '',
	php = '',
	files = {},
}: FleetOptions): string {
	return writeApp({
		'public/index.php': READ,
		console: CONSOLE,
		...files,
		Caddyfile: `{
	admin localhost:{$ADMIN}
	grace_period 2s
	frankenphp {
		num_threads 2
		cluster ${nats.join(' ')} {
			lease ${lease}s
			replicas ${replicas}
			${cluster}
		}
	}
}
http://127.0.0.1:{$PORT} {
	root public
	php_server {
		name web
		sidekick {
			entrypoint console
			stop_timeout 1s
			shared *
			env SERVER {$SERVER}
			${sidekick}
		}
		${php}
	}
}
`,
	});
}

/** One server of a fleet. */
export class FleetServer {
	readonly igor: Igor;
	readonly name: string;
	readonly port: number;
	readonly adminPort: number;
	readonly #env: Readonly<Record<string, string>>;

	private constructor(folder: string, name: string, [port, adminPort]: [number, number], env: Record<string, string>) {
		this.#env = { PORT: String(port), ADMIN: String(adminPort), SERVER: name, ...env };
		this.igor = new Igor(['run'], folder, this.#env);
		this.name = name;
		this.port = port;
		this.adminPort = adminPort;
	}

	/** Starts `igor run` in that folder. @param env further variables */
	static async start(name: string, folder: string, env: Record<string, string> = {}): Promise<FleetServer> {
		const server = new FleetServer(folder, name, await Promise.all([freePort(), freePort()]), env);
		await server.igor.ready();
		return server;
	}

	/** What a request there reads. @param timeout seconds */
	async read(name: string, timeout = 10): Promise<Vars> {
		const query = new URLSearchParams({ name, timeout: String(timeout) });
		const response = await fetch(`http://127.0.0.1:${this.port}/?${query}`, { signal: AbortSignal.timeout(30_000) });
		return response.json() as Promise<Vars>;
	}

	/** What a page answers, as JSON. */
	async page(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
		const url = `http://127.0.0.1:${this.port}/${path}?${new URLSearchParams(query)}`;
		return (await fetch(url, { signal: AbortSignal.timeout(60_000) })).json();
	}

	/** `igor reload --force` with the Caddyfile of that folder; rejects with what it says when it fails. */
	async reload(folder: string): Promise<void> {
		const { status, err } = await run(['reload', '--force'], folder, this.#env);
		if (status !== 0) throw new Error(err);
	}

	/** What its admin API answers. */
	async admin(path: string, method = 'GET'): Promise<Response> {
		return fetch(`http://localhost:${this.adminPort}${path}`, {
			method,
			signal: AbortSignal.timeout(10_000),
		});
	}
}

/** Which servers' runs have ended by themselves. */
export function endedIn(folder: string): string[] {
	try {
		return readFileSync(join(folder, 'ended'), 'utf8').split(' ').filter(Boolean);
	} catch {
		return [];
	}
}

/** What the admin API says about the fleet of the server's only sidekick. */
export async function fleetOf(server: FleetServer): Promise<object> {
	const [sidekick] = (await (await server.admin('/sidekicks')).json()) as { fleet: object | null }[];
	return sidekick?.fleet ?? {};
}
