import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { run, start, which } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;
const COUNT = 5000;
const program = fileURLToPath(new URL('../app/public/round-trips.php', import.meta.url));

/** Round trips to Redis by fwrite() and fgets(), beside those of the native PHP. */
export async function sockets() {
	const redis = which('redis-server');
	const row = { what: 'round trip to Redis / native PHP', target: { ratio: true, most: 2 } };
	if (!redis) return { rows: [{ ...row, missing: true }] };
	const port = await freePort();
	const server = start(redis, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
	await server.line(/Ready to accept connections/);
	const igor = await startIgor('--threads', '1');
	const native = which('php');
	const ours = async () => Number(await get(`${igor.url}/round-trips.php?port=${port}&count=${COUNT}`));
	await ours();
	const figures = await interleave(ROUNDS, {
		ours,
		...(native && { theirs: async () => Number(await run(native, [program, port, COUNT].map(String))) }),
	});
	await igor.stop();
	await server.stop();
	return {
		rows: [
			{
				...row,
				missing: !native,
				ratio: native && medianRatio(figures.ours, figures.theirs),
				ours: `${median(figures.ours).toFixed(1)} µs`,
				theirs: native && `${median(figures.theirs).toFixed(1)} µs`,
			},
		],
	};
}
