import { get, startIgor } from '../igor.mjs';
import { generator, requestsPerSecond } from '../load.mjs';
import { startBareHttp, startNginxFpm, startPhpDashS } from '../rivals.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';
import { MOST_RUNS, startUpstream } from '../upstream.mjs';

const ROUNDS = 5;
const SECONDS = 2;
const WARM_UP_RUNS = 200;

/** Hello over HTTP, worker and classic, beside everything else that can say it. */
export async function hello() {
	const igor = await startIgor(
		'--worker',
		new URL('../app/public/worker.php', import.meta.url).pathname,
		'--threads',
		'2',
	);
	const single = await startIgor('--threads', '1');
	const servers = {
		worker: `${igor.url}/worker.php`,
		classic: `${igor.url}/hello.php`,
		single: `${single.url}/hello.php`,
	};
	const rivals = { bare: await startBareHttp(), phpS: await startPhpDashS(), nginx: await startNginxFpm() };
	for (const [name, rival] of Object.entries(rivals)) if (rival) servers[name] = `${rival.url}/hello.php`;
	// Bare node:http between the two that are compared with it.
	const order = ['worker', 'bare', 'classic', 'single', 'phpS', 'nginx'].filter((name) => servers[name]);
	for (const name of order) {
		if ((await get(servers[name])) !== 'Hello') throw new Error(`${servers[name]} does not say hello.`);
		await requestsPerSecond(servers[name], 1);
	}

	const figures = await interleave(ROUNDS, {
		...Object.fromEntries(order.map((name) => [name, () => requestsPerSecond(servers[name], SECONDS)])),
		phpRun: runsPerSecond,
	});
	await Promise.all([igor, single, ...Object.values(rivals)].map((one) => one?.stop()));

	const row = (what, ours, theirs, target, unit = perSecond) => ({
		what,
		missing: figures[theirs] === undefined,
		ratio: figures[theirs] && medianRatio(figures[ours], figures[theirs]),
		ours: unit(median(figures[ours])),
		theirs: figures[theirs] && unit(median(figures[theirs])),
		...(target && { target: { ratio: true, least: target } }),
	});
	return {
		notes: [`HTTP by ${generator}; ${ROUNDS} rounds of ${SECONDS} s, in turn`],
		rows: [
			row('worker hello / bare node:http', 'worker', 'bare', 0.55),
			row('worker hello / nginx + php-fpm', 'worker', 'nginx', 5),
			row('classic hello / bare node:http', 'classic', 'bare', 0.4),
			row('classic hello / php -S', 'classic', 'phpS', 2),
			row('classic hello / nginx + php-fpm', 'classic', 'nginx'),
			row('classic hello, HTTP, 2 threads / PHP.run()', 'classic', 'phpRun', 12, microseconds),
			row('classic hello, HTTP, 1 thread / PHP.run()', 'single', 'phpRun', undefined, microseconds),
		],
	};
}

/** PHP.run() on a thread of its own, warmed up. */
async function runsPerSecond() {
	const upstream = await startUpstream();
	await upstream.microsecondsPerRun(WARM_UP_RUNS);
	const microseconds = await upstream.microsecondsPerRun(MOST_RUNS - WARM_UP_RUNS);
	await upstream.stop();
	return 1e6 / microseconds;
}

function perSecond(figure) {
	return `${Math.round(figure).toLocaleString('en')} req/s`;
}

/** Of one request, from requests per second. */
function microseconds(figure) {
	return `${(1e6 / figure).toFixed(1)} µs`;
}
