// Pages of whole applications, beside nginx + php-fpm, and beside Igor on upstream's interpreter.
import { processorTime } from './foreign.mjs';
import { get, PHP_VERSION, startIgorIn } from './igor.mjs';
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
 * The rows about one page of an application.
 * @param what    their name
 * @param folder  of the application, with its document root `root`
 * @param page    `path` and a part of what it says
 * @param igor    options of `igor php-server`, beside --root
 * @param php     of Igor: another version
 * @param native  `env` and `extensions` of php-fpm
 * @param rivals  name → server that shows the page, too, perhaps with a `path` of its own; or a sentence why it does not
 * @param targets name of a rival → `least`; `time` → at most so many times php-fpm's
 */
export async function pageRows({
	what,
	folder,
	root = folder,
	page,
	igor = [],
	php = PHP_VERSION,
	native = {},
	rivals = {},
	targets = {},
}) {
	const ours = (env) => startIgorIn(folder, { env, php }, '--root', root, ...igor);
	const all = {
		igor: await ours({}),
		'nginx + php-fpm': await startNginxFpm({ root, page, ...native }),
		"upstream's interpreter": await ours({ IGOR_STOCK_PHP: '1' }),
		...rivals,
	};
	const servers = Object.fromEntries(Object.entries(all).filter(([, server]) => server?.url !== undefined));
	for (const server of Object.values(servers)) {
		server.page = `${server.url}${server.path ?? page.path}`;
		await warmUp(server.page, page.says);
	}
	/** Name → milliseconds of processors' time for each page, a figure for each round. */
	const times = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
	const measure = async (name, { page: url, pid }) => {
		const before = processorTime(pid);
		const rate = await requestsPerSecond(url, SECONDS, CONNECTIONS);
		times[name].push((processorTime(pid) - before) / (rate * SECONDS));
		return rate;
	};
	const figures = await interleave(
		ROUNDS,
		Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, () => measure(name, server)])),
	);
	await Promise.all(Object.values(servers).map((server) => server.stop()));

	const reasonOf = (rival, theirs) => {
		if (theirs === undefined) return typeof all[rival] === 'string' ? all[rival] : true;
		return theirs.every((figure) => figure > 0 && figure < Infinity) ? undefined : `no answer in ${SECONDS} s`;
	};
	const row = (rival, { igor: ours, [rival]: theirs }, label, unit, target) => ({
		what: `${what}${label} / ${rival}`,
		...(reasonOf(rival, theirs) === undefined
			? { ratio: medianRatio(ours, theirs), theirs: unit(median(theirs)) }
			: { missing: reasonOf(rival, theirs) }),
		ours: unit(median(ours)),
		...(target && { target: { ...target, ratio: true } }),
	});
	return [
		...Object.keys(all)
			.filter((name) => name !== 'igor')
			.map((name) => row(name, figures, '', perSecond, targets[name] && { least: targets[name] })),
		row('nginx + php-fpm', times, ", processors' time", milliseconds, targets.time && { most: targets.time }),
	];
}

/** How pages are measured. */
export const pageNote =
	`pages: HTTP by ${generatorWith(CONNECTIONS)}; ${ROUNDS} rounds of ${SECONDS} s, in turn; ` +
	"processors' time of Igor, all of it, and of php-fpm without nginx";

/** Until each thread has compiled the application, and it has been optimised. */
async function warmUp(url, says) {
	const [text] = await Promise.all(Array.from({ length: WARM_UPS }, () => get(url)));
	if (!text.includes(says)) throw new Error(`${url} does not say "${says}": ${text}`);
	await requestsPerSecond(url, SECONDS, CONNECTIONS);
}

function perSecond(figure) {
	return `${figure.toFixed(figure < 100 ? 1 : 0)} req/s`;
}

function milliseconds(figure) {
	return `${figure.toFixed(figure < 10 ? 2 : 1)} ms`;
}
