import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../children.mjs';
import { startIgor } from '../igor.mjs';
import { requestsPerSecond } from '../load.mjs';
import { residentMegabytes } from '../resident.mjs';
import { median, medianRatio } from '../statistics.mjs';

const ROUNDS = 3;
const FEW = 2;
const MORE = 4;

const program = (name) => fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));

/** Boot and memory of a PHP thread, beside a thread with PHP as @php-wasm/node loads it. */
export async function threads() {
	const ours = { boot: [], memory: [] };
	const theirs = { boot: [], memory: [] };
	for (let round = 0; round < ROUNDS; round++) {
		const upstream = JSON.parse(await run(process.execPath, [program('upstream-threads'), String(MORE)]));
		theirs.boot.push(median(upstream.boots));
		theirs.memory.push(upstream.megabytes);
		ours.boot.push(median(JSON.parse(await run(process.execPath, [program('boot')]))));
		ours.memory.push(((await megabytes(FEW + MORE)) - (await megabytes(FEW))) / MORE);
	}
	const row = (what, key, unit, most) => ({
		what,
		ratio: medianRatio(ours[key], theirs[key]),
		ours: `${median(ours[key]).toFixed(0)} ${unit}`,
		theirs: `${median(theirs[key]).toFixed(0)} ${unit}`,
		target: { most, value: median(ours[key]), unit },
	});
	return {
		rows: [
			row('boot of a further thread / @php-wasm/node', 'boot', 'ms', 200),
			row('memory of a further thread / @php-wasm/node', 'memory', 'MB', 55),
		],
	};
}

/** Of a server with so many classic threads, all of which have answered requests. */
async function megabytes(count) {
	const igor = await startIgor('--threads', String(count));
	await requestsPerSecond(`${igor.url}/hello.php`, 2);
	await sleep(500);
	const resident = residentMegabytes(igor.pid);
	await igor.stop();
	return resident;
}
