// How much of a processor an idle event loop takes: `npx node test/php/event-loops/idle-cpu.ts` after a build. Prints a table,
// asserts nothing. The server beside it has nothing to do; its own share is measured first.
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisNode } from '../../robustness/failover/support/redis-node.ts';
import { eventually } from '../../support/eventually.ts';
import { LOOPS, LoopApp, missing } from './support.ts';

const SECONDS = 5;

/** Per cent of one processor. */
async function share(): Promise<string> {
	await sleep(1000);
	const before = process.cpuUsage();
	await sleep(SECONDS * 1000);
	const { user, system } = process.cpuUsage(before);
	return `${((user + system) / 1e4 / SECONDS).toFixed(2)} %`;
}

await using redis = await RedisNode.start('redis-server', ['save ""']);
const SLEEPER = { name: 'no loop: a sidekick that sleeps a second at a time', script: 'sleeper.php' };
for (const loop of [SLEEPER, ...LOOPS]) {
	const reason = missing(loop);
	if (reason !== undefined) {
		console.log(reason);
		continue;
	}
	await using app = await LoopApp.start(loop, redis.port);
	await eventually('the loop', () => app.variable('heard'));
	console.log(`${loop.name.padEnd(52)} ${await share()}`);
}
