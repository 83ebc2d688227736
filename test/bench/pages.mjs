// Pages of whole applications, beside nginx + php-fpm.
import { get, startIgorIn } from './igor.mjs';
import { generatorWith, requestsPerSecond } from './load.mjs';
import { startNginxFpm } from './rivals.mjs';
import { interleave, median, medianRatio } from './statistics.mjs';

const ROUNDS = 5;
const SECONDS = 3;
/** Two for each PHP: more would only queue. */
const CONNECTIONS = 4;
/** Of the first requests, in which each thread compiles the application. */
const WARM_UPS = 8;

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
		const url = `${server.url}${page.path}`;
		const [text] = await Promise.all(Array.from({ length: WARM_UPS }, () => get(url)));
		if (!text.includes(page.says)) throw new Error(`${url} does not say "${page.says}": ${text}`);
		await requestsPerSecond(url, SECONDS, CONNECTIONS);
	}
	const figures = await interleave(
		ROUNDS,
		Object.fromEntries(
			Object.entries(servers).map(([name, { url }]) => [
				name,
				() => requestsPerSecond(`${url}${page.path}`, SECONDS, CONNECTIONS),
			]),
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
export const pageNote = `pages: HTTP by ${generatorWith(CONNECTIONS)}; ${ROUNDS} rounds of ${SECONDS} s, in turn`;

function perSecond(figure) {
	return `${figure.toFixed(figure < 100 ? 1 : 0)} req/s`;
}
