import { describe, expect, test } from 'vitest';
import { startPeer } from '../../php-thread/sockets/peer.ts';
import { RedisNode } from '../../robustness/failover/support/redis-node.ts';
import { noRedis } from '../../robustness/failover/support/redis-programs.ts';
import { eventually } from '../../support/eventually.ts';
import { lacking } from '../../support/lacking.ts';
import { LoopApp, missing, TASK_LOOPS } from './support.ts';

/** What workers connect to, and hear from. */
type Peer = { port: number; say(text: string): Promise<unknown>; close(): Promise<void> };

const PEERS = {
	socket: async (): Promise<Peer> => {
		const { port, connections, close } = await startPeer(() => {});
		return {
			port,
			say: async (text) => connections.at(-1)?.write(`${text}\n`),
			close,
		};
	},
	redis: async (): Promise<Peer> => {
		const redis = await RedisNode.start('redis-server', ['save ""']);
		return {
			port: redis.port,
			say: (text) => redis.ask('PUBLISH', 'news', text),
			close: () => redis[Symbol.asyncDispose](),
		};
	},
};

describe('a background worker with an event loop', () => {
	for (const loop of TASK_LOOPS) {
		const reason = missing(loop) ?? (loop.peer === 'redis' ? noRedis : undefined);
		test.skipIf(lacking(reason))(`${loop.name}: waits for tasks and a socket at a time, and for its end`, async () => {
			const peer = await PEERS[loop.peer]();
			try {
				await using app = await LoopApp.startWorker(loop, peer.port);
				const answer = app.server.fetch('/tasks/index.php');
				await eventually('the other task', () => app.has('tasks/steps-are-done'));
				await peer.say('hello');
				expect(await (await answer).json()).toEqual([[{ step: 1 }, { step: 2 }, { step: 3 }], [{ heard: 'hello' }]]);
				await app.server.sidekicks.stop('loop');
				expect(app.has('tasks/ended')).toBe(true);
				expect(app.log.events('loop', 'ignored-stop')).toEqual([]);
			} finally {
				await peer.close();
			}
		});
	}
});
