import { describe, expect, test } from 'vitest';
import { RedisNode } from '../../robustness/failover/support/redis-node.ts';
import { noRedis } from '../../robustness/failover/support/redis-programs.ts';
import { eventually } from '../../support/eventually.ts';
import { lacking } from '../../support/lacking.ts';
import { LOOPS, LoopApp, missing } from './support.ts';

describe.skipIf(lacking(noRedis))('a sidekick with an event loop', () => {
	for (const loop of LOOPS) {
		test.skipIf(lacking(missing(loop)))(
			`${loop.name}: hears a message of Redis at once, and ends when it is asked to`,
			async () => {
				await using redis = await RedisNode.start('redis-server', ['save ""']);
				await using app = await LoopApp.start(loop, redis.port);
				await eventually(`the loop (${app.log.records.map(({ message }) => message).join('; ')})`, () =>
					app.variable('heard'),
				);
				await eventually('its subscription', async () => /:1$/.test(await redis.ask('PUBSUB', 'NUMSUB', 'news')));
				await redis.ask('PUBLISH', 'news', 'hello');
				await eventually('the message', () => app.variable('heard') === 'hello');
				if (app.variable('ticks') !== undefined) await eventually('its timers', () => app.variable('ticks') === '3');
				const stopped = performance.now();
				await app.server.sidekicks.stop('loop');
				expect(app.log.events('loop', 'ignored-stop'), `after ${performance.now() - stopped} ms`).toEqual([]);
			},
		);
	}
});
