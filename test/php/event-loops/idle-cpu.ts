// How much of a processor an idle event loop takes, and how often it wakes: `npx node test/php/event-loops/idle-cpu.ts` after a
// build. Prints a table, asserts nothing. The server beside it has nothing to do; its own share is measured first.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisNode } from '../../robustness/failover/support/redis-node.ts';
import { eventually } from '../../support/eventually.ts';
import { LOOPS, type Loop, LoopApp, missing, TASK_LOOPS } from './support.ts';

const SECONDS = 5;

/** How often threads of this process have gone to sleep. Linux. */
function sleeps(): number {
	const ofThread = (thread: string): number => {
		const status = readFileSync(`/proc/self/task/${thread}/status`, 'utf8');
		return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
	};
	return readdirSync('/proc/self/task').reduce((sum, thread) => sum + ofThread(thread), 0);
}

/** Per cent of one processor, and wake-ups per second. */
async function share(): Promise<string> {
	await sleep(1000);
	const before = process.cpuUsage();
	const slept = sleeps();
	await sleep(SECONDS * 1000);
	const { user, system } = process.cpuUsage(before);
	const wakes = (sleeps() - slept) / SECONDS;
	return `${((user + system) / 1e4 / SECONDS).toFixed(2)} %  ${wakes.toFixed(1).padStart(6)} wake-ups/s`;
}

async function measure(loop: Loop, start: () => Promise<LoopApp>, kind: string): Promise<void> {
	const reason = missing(loop);
	if (reason !== undefined) {
		console.log(reason);
		return;
	}
	await using app = await start();
	if (kind === 'sidekick') await eventually('the loop', () => app.variable('heard'));
	console.log(`${`${kind}: ${loop.name}`.padEnd(70)} ${await share()}`);
}

await using redis = await RedisNode.start('redis-server', ['save ""']);
const SLEEPER = { name: 'no loop, sleeps a second at a time', script: 'sleeper.php' };
for (const loop of [SLEEPER, ...LOOPS]) await measure(loop, () => LoopApp.start(loop, redis.port), 'sidekick');
for (const loop of TASK_LOOPS) await measure(loop, () => LoopApp.startWorker(loop, redis.port), 'background worker');
