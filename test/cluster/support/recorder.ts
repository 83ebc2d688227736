import { expect } from 'vitest';
import type { FleetServer, Vars } from './fleet.ts';

/** Reads all the time on some servers, and notes what changes. */
export class Recorder implements AsyncDisposable {
	readonly #servers: readonly FleetServer[];
	readonly #seen: Vars[][];
	readonly #failures: unknown[] = [];
	readonly #reading: Promise<void>;
	#stopped = false;

	constructor(servers: readonly FleetServer[]) {
		this.#servers = servers;
		this.#seen = servers.map(() => []);
		this.#reading = Promise.all(servers.map((server, index) => this.#read(server, this.#seen[index] as Vars[]))).then(
			() => {},
		);
	}

	/** The runs that anybody has seen, in their order. */
	get runs(): string[] {
		return [...new Set(this.#seen.flat().map(({ run }) => run))].sort();
	}

	/** Ends, and checks: no request has failed, and nowhere came an older publication after a newer one. */
	async check(): Promise<void> {
		this.#stopped = true;
		await this.#reading;
		expect(this.#failures).toEqual([]);
		for (const [index, seen] of this.#seen.entries()) {
			const where = this.#servers[index]?.name;
			expect(seen.length, `publications on ${where}`).toBeGreaterThan(0);
			seen.reduce((before, next) => {
				const isLater =
					Number(next.run) === Number(before.run)
						? Number(next.count) > Number(before.count)
						: Number(next.run) > Number(before.run);
				expect(isLater, `on ${where}: ${JSON.stringify(next)} after ${JSON.stringify(before)}`).toBe(true);
				return next;
			});
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#stopped = true;
		await this.#reading;
	}

	async #read(server: FleetServer, seen: Vars[]): Promise<void> {
		while (!this.#stopped) {
			try {
				const vars = await server.read('clock');
				const last = seen.at(-1);
				if (vars.error !== undefined) this.#failures.push(vars);
				else if (vars.run !== last?.run || vars.count !== last?.count) seen.push(vars);
			} catch (error) {
				this.#failures.push(error);
			}
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}
}
