import { setTimeout as sleep } from 'node:timers/promises';
import { get, startIgor } from '../igor.mjs';
import { median, medianRatio } from '../statistics.mjs';

const ROUNDS = 7;
/** By then the next spare is booted, milliseconds. */
const SPARE_READY = 1500;

/** The first get_vars() of a sidekick, less what its script takes: when the spare thread is there, and when it is gone. */
export async function firstGetVars() {
	const igor = await startIgor('--threads', '1', '--sidekick-max', String(2 * ROUNDS));
	await get(`${igor.url}/hello.php`);
	const first = async (name) => {
		const { total, script } = JSON.parse(await get(`${igor.url}/first-get-vars.php?name=first-${name}`));
		return total - script;
	};
	const withSpare = [];
	const without = [];
	for (let round = 0; round < ROUNDS; round++) {
		await sleep(SPARE_READY);
		withSpare.push(await first(`${round}a`));
		// At once, before the next spare is started.
		without.push(await first(`${round}b`));
	}
	await igor.stop();
	const value = median(withSpare);
	return {
		rows: [
			{
				what: 'first get_vars(), spare ready / spare gone',
				ratio: medianRatio(withSpare, without),
				ours: `${value.toFixed(1)} ms`,
				theirs: `${median(without).toFixed(0)} ms`,
				target: { most: 40, value, unit: 'ms' },
			},
		],
	};
}
