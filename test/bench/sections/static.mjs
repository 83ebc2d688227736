import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { app, get, startIgor } from '../igor.mjs';
import { generator, requestsPerSecond } from '../load.mjs';
import { startBareHttp, startNginx } from '../rivals.mjs';
import { interleave, median, medianRatio } from '../statistics.mjs';

const ROUNDS = 5;
const SECONDS = 2;
const SIZES = { '1kb.txt': 1024, '64kb.txt': 65_536 };

/** Files of the document root, beside bare node:http, which reads none, and nginx, which does. */
export async function staticFiles() {
	const folder = mkdtempSync(path.join(app, 'public', 'static-'));
	try {
		for (const [name, size] of Object.entries(SIZES)) writeFileSync(`${folder}/${name}`, 'x'.repeat(size));
		const where = `/${path.basename(folder)}`;
		const page = { path: `${where}/1kb.txt`, says: 'xxx' };
		const servers = {
			igor: await startIgor('--threads', '1'),
			bare: await startBareHttp(),
			nginx: await startNginx({ page }),
		};
		const names = Object.keys(servers).filter((name) => servers[name]);
		const subjects = {};
		for (const [file, size] of Object.entries(SIZES)) {
			for (const name of names) {
				const url = `${servers[name].url}${where}/${file}`;
				if (name !== 'bare' && (await get(url)).length !== size) throw new Error(`${url} is not sent as it is.`);
				await requestsPerSecond(url, 1);
				subjects[`${name} ${file}`] = () => requestsPerSecond(url, SECONDS);
			}
		}
		const figures = await interleave(ROUNDS, subjects);
		await Promise.all(Object.values(servers).map((server) => server?.stop()));
		const row = (file, rival, theirs, least) => {
			const [ours, others] = [figures[`igor ${file}`], figures[`${rival} ${file}`]];
			return {
				what: `file of ${SIZES[file] / 1024} KB / ${theirs}`,
				missing: others === undefined,
				ratio: others && medianRatio(ours, others),
				ours: perSecond(median(ours)),
				theirs: others && perSecond(median(others)),
				...(least && { target: { ratio: true, least } }),
			};
		};
		return {
			notes: [`Files by ${generator}; ${ROUNDS} rounds of ${SECONDS} s, in turn`],
			rows: [
				row('1kb.txt', 'bare', 'bare node:http', 0.4),
				row('1kb.txt', 'nginx', 'nginx', 1),
				row('64kb.txt', 'nginx', 'nginx'),
			],
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function perSecond(figure) {
	return `${Math.round(figure).toLocaleString('en')} req/s`;
}
