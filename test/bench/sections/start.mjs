import { setTimeout as sleep } from 'node:timers/promises';
import { get, startIgor } from '../igor.mjs';
import { startBareHttp } from '../rivals.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;

/** From the start of the process to its first answer. */
export async function start() {
	const figures = await interleave(ROUNDS, {
		ours: () => firstAnswer(() => startIgor('--threads', '2')),
		theirs: () => firstAnswer(startBareHttp),
	});
	return {
		rows: [
			{
				what: 'process start → first answer / bare node:http',
				ratio: medianRatio(figures.ours, figures.theirs),
				ours: `${median(figures.ours).toFixed(0)} ms`,
				theirs: `${median(figures.theirs).toFixed(0)} ms`,
			},
		],
	};
}

async function firstAnswer(startServer) {
	const started = performance.now();
	const server = await startServer();
	await get(`${server.url}/hello.php`);
	const milliseconds = performance.now() - started;
	await server.stop();
	await sleep(200);
	return milliseconds;
}
