import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { percentile } from '../statistics.mjs';

const ROUNDS = 5;
const SIDEKICKS = 24;
const raw = fileURLToPath(new URL('../programs/raw-wake.mjs', import.meta.url));

/** Publication → visible to a reader that is blocked in another thread; PHP on both sides, and the shared board alone. */
export async function wake() {
	const php = [];
	const board = [];
	for (let round = 0; round < ROUNDS; round++) {
		const igor = await startIgor('--threads', '1', '--sidekick-max', String(SIDEKICKS));
		await sleep(500);
		php.push(...JSON.parse(await get(`${igor.url}/wake.php?sidekicks=${SIDEKICKS}`)));
		await igor.stop();
		board.push(...JSON.parse(await run(process.execPath, [raw])));
	}
	if (php.length < (ROUNDS * SIDEKICKS) / 2)
		throw new Error('This machine is too busy: few readers were blocked in time.');
	const row = (label, share, most) => ({
		what: `blocked reader wakes, ${label} / shared board alone`,
		ratio: percentile(php, share) / percentile(board, share),
		ours: milliseconds(percentile(php, share)),
		theirs: milliseconds(percentile(board, share)),
		...(most && { target: { most, value: percentile(php, share), unit: 'ms' } }),
	});
	return {
		notes: [`blocked readers: ${php.length} publications by set_vars(), ${board.length} on the board alone`],
		rows: [row('p50', 0.5), row('p99', 0.99, 1)],
	};
}

function milliseconds(value) {
	return `${value.toFixed(3)} ms`;
}
