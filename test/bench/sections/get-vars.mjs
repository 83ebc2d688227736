import { fileURLToPath } from 'node:url';
import { run, which } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;
const CALLS = 1_000_000;
const program = fileURLToPath(new URL('../native/apcu-fetch.php', import.meta.url));

/** get_vars() of an unchanged snapshot, beside apcu_fetch() of an equal array in the native PHP. */
export async function getVars() {
	const apcu = await nativeApcu();
	const igor = await startIgor('--threads', '1');
	const rows = [];
	for (const keys of [2, 50]) {
		const ours = async () => Number(await get(`${igor.url}/get-vars.php?keys=${keys}&calls=${CALLS}`));
		await ours();
		const figures = await interleave(ROUNDS, {
			ours,
			...(apcu && { theirs: async () => Number(await run(apcu, [...SETTINGS, program, keys, CALLS].map(String))) }),
		});
		rows.push({
			what: `hot get_vars(), ${keys} keys / apcu_fetch()`,
			missing: !apcu,
			ratio: apcu && medianRatio(figures.ours, figures.theirs),
			ours: `${median(figures.ours).toFixed(0)} ns`,
			theirs: apcu && `${median(figures.theirs).toFixed(0)} ns`,
			target: { ratio: true, most: 0.5 },
		});
	}
	await igor.stop();
	return { rows };
}

const SETTINGS = ['apc.enable_cli=1', 'opcache.enable_cli=1'].flatMap((setting) => ['-d', setting]);

/** The native PHP when it has APCu. */
async function nativeApcu() {
	const php = which('php');
	return php && (await run(php, ['-m'])).includes('apcu') ? php : undefined;
}
