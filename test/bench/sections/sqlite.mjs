import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run, which } from '../children.mjs';
import { get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;
const COUNT = 2000;
const program = fileURLToPath(new URL('../app/public/sqlite.php', import.meta.url));
const data = fileURLToPath(new URL('../app/data', import.meta.url));

/** One INSERT per transaction, and one SELECT, in WAL mode, beside those of the native PHP. */
export async function sqlite() {
	const igor = await startIgor('--threads', '1');
	const native = await withSqlite(which('php'));
	const parse = (text) => text.split(' ').map(Number);
	const ours = async () => parse(await get(`${igor.url}/sqlite.php?name=ours&count=${COUNT}`));
	await ours();
	const figures = await interleave(ROUNDS, {
		ours,
		...(native && { theirs: async () => parse(await run(native, [program, 'theirs', String(COUNT)])) }),
	});
	await igor.stop();
	rmSync(data, { recursive: true, force: true });
	const row = (what, column, most) => {
		const [mine, others] = [figures.ours, figures.theirs ?? []].map((rounds) => rounds.map((round) => round[column]));
		return {
			what: `SQLite in WAL mode, ${what} / native PHP`,
			target: { ratio: true, most },
			missing: !native,
			ratio: native && medianRatio(mine, others),
			ours: `${median(mine).toFixed(1)} µs`,
			theirs: native && `${median(others).toFixed(1)} µs`,
		};
	};
	return { rows: [row('INSERT', 0, 4), row('SELECT', 1, 5)] };
}

async function withSqlite(php) {
	if (!php) return undefined;
	return (await run(php, ['-r', 'echo (int) extension_loaded("pdo_sqlite");'])).trim() === '1' ? php : undefined;
}
