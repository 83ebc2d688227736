// Pages of whole applications, beside nginx + php-fpm.
import { get, startIgorIn } from './igor.mjs';
import { generator, requestsPerSecond } from './load.mjs';
import { startNginxFpm } from './rivals.mjs';
import { interleave, median, medianRatio } from './statistics.mjs';

const ROUNDS = 5;
const SECONDS = 3;

/**
 * A row about one page of an application.
 * @param what   the row's name
 * @param folder of the application, with its document root `root`
 * @param page   `path` and a part of what it says
 * @param igor   options of `igor php-server`, beside --root
 * @param native `env` and `extensions` of php-fpm
 */
export async function pageRow({ what, folder, root = folder, page, igor = [], native = {} }) {
	const ours = await startIgorIn(folder, '--root', root, ...igor);
	const theirs = await startNginxFpm({ root, page, ...native });
	const servers = { ours, ...(theirs && { theirs }) };
	for (const server of Object.values(servers)) {
		const text = await get(`${server.url}${page.path}`);
		if (!text.includes(page.says)) throw new Error(`${server.url}${page.path} does not say "${page.says}": ${text}`);
		// Each thread compiles the application once: longer than the load generator waits for an answer.
		await Promise.all(Array.from({ length: 8 }, () => get(`${server.url}${page.path}`)));
		await requestsPerSecond(`${server.url}${page.path}`, SECONDS);
	}
	const figures = await interleave(
		ROUNDS,
		Object.fromEntries(
			Object.entries(servers).map(([name, { url }]) => [name, () => requestsPerSecond(`${url}${page.path}`, SECONDS)]),
		),
	);
	await Promise.all(Object.values(servers).map((server) => server.stop()));
	return {
		what: `${what} / nginx + php-fpm`,
		missing: theirs === undefined,
		ratio: theirs && medianRatio(figures.ours, figures.theirs),
		ours: perSecond(median(figures.ours)),
		theirs: theirs && perSecond(median(figures.theirs)),
	};
}

/** How pages are measured. */
export const pageNote = `pages: HTTP by ${generator}; ${ROUNDS} rounds of ${SECONDS} s, in turn`;

function perSecond(figure) {
	return `${figure.toFixed(figure < 100 ? 1 : 0)} req/s`;
}
