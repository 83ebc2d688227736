import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 9;
const IGOR = fileURLToPath(new URL('../../../bin/igor.js', import.meta.url));
const EMPTY = fileURLToPath(new URL('../app/empty.php', import.meta.url));
/** What a person does not notice, milliseconds. */
const TARGETS = { '-v': 150, [EMPTY]: 300 };

/** From the start of the process to its end. */
export async function commandLine() {
	const rows = [];
	for (const [argument, target] of Object.entries(TARGETS)) {
		const figures = await interleave(ROUNDS, {
			ours: () => ended(process.execPath, [IGOR, 'php-cli', argument]),
			theirs: () => ended('php', ['-n', argument]),
		});
		const ours = median(figures.ours);
		rows.push({
			what: `php-cli ${argument === EMPTY ? 'with an empty script' : argument} / native php`,
			...(figures.theirs.every(Number.isFinite)
				? { ratio: medianRatio(figures.ours, figures.theirs), theirs: `${median(figures.theirs).toFixed(0)} ms` }
				: { missing: 'php' }),
			ours: `${ours.toFixed(0)} ms`,
			value: ours,
			target: { most: target, value: ours, unit: 'ms' },
		});
	}
	return { rows };
}

/** Milliseconds; Infinity when there is no such program. */
async function ended(program, args) {
	const started = performance.now();
	const child = spawn(program, args, { stdio: 'ignore' });
	try {
		await once(child, 'exit');
	} catch {
		return Number.POSITIVE_INFINITY;
	}
	return performance.now() - started;
}
