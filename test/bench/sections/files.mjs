import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, which } from '../children.mjs';
import { app, get, startIgor } from '../igor.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;
const program = fileURLToPath(new URL('../app/public/files.php', import.meta.url));
/** Native PHP with what Igor has by default. */
const INI = ['opcache.enable_cli=1', 'opcache.file_update_protection=0'].flatMap((line) => ['-d', line]);
const ROWS = {
	include: ['include of 200 files, opcache as it is', 3],
	look: ['include of 200 files, each looked at', 6],
	scandir: ['scandir() of 1,000 names', 2],
	read: ['file_get_contents()', 5],
	missing: ['file_exists() of nothing', 8],
};

/** Files of a host folder, beside native PHP in the same round. */
export async function files() {
	const folder = mkdtempSync(path.join(app, 'public', 'files-'));
	try {
		for (let i = 0; i < 20; i++) mkdirSync(`${folder}/classes/${i}`, { recursive: true });
		for (let i = 0; i < 200; i++)
			writeFileSync(`${folder}/classes/${i % 20}/${i}.php`, `<?php return ['a' => ${i}];\n`);
		mkdirSync(`${folder}/many`);
		for (let i = 0; i < 1000; i++) writeFileSync(`${folder}/many/${i}.txt`, 'x'.repeat(1000));
		const igor = await startIgor('--threads', '1');
		const native = which('php');
		const ours = async () => JSON.parse(await get(`${igor.url}/files.php?folder=${encodeURIComponent(folder)}`));
		await ours();
		const figures = await interleave(ROUNDS, {
			ours,
			...(native && {
				theirs: async () => JSON.parse(await run(native, [...INI, program, folder])),
			}),
		});
		await igor.stop();
		return {
			rows: Object.entries(ROWS).map(([key, [what, most]]) => {
				const of = (which) => figures[which]?.map((each) => each[key]);
				return {
					what: `${what} / native PHP`,
					missing: !native,
					ratio: native && medianRatio(of('ours'), of('theirs')),
					ours: `${median(of('ours')).toFixed(1)} µs`,
					theirs: native && `${median(of('theirs')).toFixed(1)} µs`,
					target: { ratio: true, most },
				};
			}),
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
