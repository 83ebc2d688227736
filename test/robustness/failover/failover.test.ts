import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { lacking } from '../../support/lacking.ts';
import { Scope } from '../../support/scope.ts';
import { RedisCluster } from './support/redis-cluster.ts';
import { noRedis } from './support/redis-programs.ts';

const APP = fileURLToPath(new URL('../../../playground/redis-sentinel', import.meta.url));
const SIDEKICK = 'redis-master';
const CLIENTS = 16;

/** What one request got; times in milliseconds since 1970. */
type Record = { began: number; ended: number; status: number; address: string; problem: string | null };

const now = (): number => performance.timeOrigin + performance.now();

/** Writes by the app, by several clients without a pause, until it is stopped. */
class Load implements AsyncDisposable {
	readonly records: Record[] = [];
	readonly #clients: Promise<void>[];
	#isOver = false;

	constructor(scope: Scope) {
		this.#clients = Array.from({ length: CLIENTS }, () => this.#write(scope));
	}

	async stop(): Promise<void> {
		this.#isOver = true;
		await Promise.all(this.#clients);
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.stop();
	}

	async #write(scope: Scope): Promise<void> {
		while (!this.#isOver) {
			const began = now();
			const response = await scope.server.fetch('/public/index.php');
			const { address, problem } = (await response.json()) as Pick<Record, 'address' | 'problem'>;
			this.records.push({ began, ended: now(), status: response.status, address, problem });
			// A write that is refused at once must not make a loop of nothing but refusals.
			if (problem !== null) await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}
}

/** Relative path → text, of all files below a folder. */
function filesOf(folder: string): { [path: string]: string } {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const paths = entries.map((entry) => join(entry.parentPath, entry.name));
	return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** The master as the sidekick has published it, and when. */
function published(scope: Scope): { address: string; at: number } {
	const entries = scope.server.sidekicks.snapshot(SIDEKICK)?.entries ?? [];
	const value = (key: string): string =>
		new TextDecoder().decode(entries.find((entry) => entry.key === key)?.value ?? new Uint8Array());
	return { address: value('address'), at: Number(value('at')) * 1000 };
}

describe.skipIf(lacking(noRedis))('when the Redis master is killed under load', { timeout: 90_000 }, () => {
	test.for([
		['and the sidekick listens', false],
		['and the sidekick crashes in the middle', true],
	] as const)('%s, no request that begins after the publication goes to the old one', async ([name, crashes]) => {
		await using cluster = await RedisCluster.start();
		await using scope = await Scope.start(filesOf(APP), {
			threads: 1,
			workers: [{ file: 'public/index.php', num: 8 }],
			sidekickEntrypoint: 'bin/console',
			env: cluster.environment,
		});
		await using load = new Load(scope);
		await eventually('writes to the first master', () => load.records.length > 100);
		const old = published(scope).address;
		expect(load.records.filter(({ status }) => status !== 200)).toEqual([]);

		const killed = now();
		await cluster.node(old)?.kill();
		if (crashes) {
			const { threadId } = scope.server.sidekicks.get(SIDEKICK) ?? {};
			expect(await scope.running.endThread(threadId as number)).toBe(true);
		}
		await eventually('the publication of the new master', () => published(scope).address !== old, 30);
		const publication = published(scope);
		// `at` is when the sidekick knew: between that and this moment the others came to know.
		const known = now();
		const served = (): Record | undefined =>
			load.records.find(({ address, status }) => address === publication.address && status === 200);
		await eventually('a write to the new master', served);
		const atNew = load.records.length;
		await eventually('more writes', () => load.records.length > atNew + 200);
		await load.stop();

		const after = load.records.filter(({ began }) => began > known);
		expect(after.length).toBeGreaterThan(200);
		expect(after.filter(({ address }) => address !== publication.address)).toEqual([]);
		expect(after.filter(({ problem }) => problem !== null)).toEqual([]);
		const failed = load.records.filter(({ status }) => status !== 200).length;
		const first = served() as Record;
		const switched = Math.min(
			...cluster.sentinels.map((one) => one.timeOf('+switch-master') ?? Number.POSITIVE_INFINITY),
		);
		console.log(
			`${name}: Sentinel took ${Math.round(switched - killed)} ms, the publication ${Math.round(publication.at - switched)} ms more, ` +
				`the first write to the new master ${Math.round(first.ended - publication.at)} ms more; ` +
				`${load.records.length} writes, ${failed} failed before the publication, none after.`,
		);
	});
});
