import { eventually } from '../../../support/eventually.ts';
import { RedisNode } from './redis-node.ts';

const MASTER = 'mymaster';
/** Milliseconds of silence after which a Sentinel holds a node for dead. */
const DOWN_AFTER = 1000;

/** One Redis master, two replicas, three Sentinels, on loopback. */
export class RedisCluster implements AsyncDisposable {
	readonly nodes: RedisNode[] = [];
	readonly sentinels: RedisNode[] = [];

	static async start(): Promise<RedisCluster> {
		const cluster = new RedisCluster();
		try {
			await cluster.#start();
		} catch (error) {
			await cluster[Symbol.asyncDispose]();
			throw error;
		}
		return cluster;
	}

	/** Of the whole; what is killed already stays so. */
	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.sentinels, ...this.nodes].map((node) => node[Symbol.asyncDispose]()));
	}

	/** The node at an address. */
	node(address: string): RedisNode | undefined {
		return this.nodes.find((node) => node.address === address);
	}

	/** Environment for the app. */
	get environment(): Record<string, string> {
		return {
			SENTINELS: this.sentinels.map(({ address }) => address).join(),
			SENTINEL_MASTER: MASTER,
		};
	}

	async #start(): Promise<void> {
		const master = await RedisNode.start('redis-server', ['save ""', 'appendonly no', 'repl-diskless-sync-delay 0']);
		this.nodes.push(master);
		const replica = ['save ""', 'repl-diskless-sync-delay 0', `replicaof 127.0.0.1 ${master.port}`];
		this.nodes.push(...(await Promise.all([0, 1].map(() => RedisNode.start('redis-server', replica)))));
		await eventually('two replicas in step', async () =>
			/connected_slaves:2/.test(await master.ask('INFO', 'replication').catch(() => '')),
		);
		const watch = [
			`sentinel monitor ${MASTER} 127.0.0.1 ${master.port} 2`,
			`sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER}`,
			`sentinel failover-timeout ${MASTER} 5000`,
			`sentinel parallel-syncs ${MASTER} 2`,
		];
		this.sentinels.push(...(await Promise.all([0, 1, 2].map(() => RedisNode.start('redis-sentinel', watch)))));
		// Only who knows the others and the replicas can lead a failover.
		for (const sentinel of this.sentinels) {
			await eventually(
				'Sentinels that know each other',
				async () => {
					const facts = await sentinel.ask('SENTINEL', 'MASTER', MASTER).catch(() => '');
					return /num-slaves\r\n\$\d+\r\n2\r\n/.test(facts) && /num-other-sentinels\r\n\$\d+\r\n2\r\n/.test(facts);
				},
				20,
			);
		}
	}
}
