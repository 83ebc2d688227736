// PHP programs that time pieces of themselves (kernels/), beside native PHP, and beside upstream's interpreter.
import { fileURLToPath } from 'node:url';
import { run, which } from './children.mjs';
import { app, phpCli } from './igor.mjs';
import { interleave } from './statistics.mjs';

const ROUNDS = 5;
/** For all kernels of a program, in a round: long enough for the engine to optimise what is hot. */
const SECONDS = 6;
/** As servers run PHP: with opcache, without its compilers to machine code, which Igor's PHP does not have. */
const OPCACHE = ['-d', 'opcache.enable_cli=1'];
const NO_JIT = ['-d', 'opcache.jit=off', '-d', 'pcre.jit=0'];
/** How kernels are measured. */
export const kernelNote = `kernels: the fewest of ${ROUNDS} rounds, in turn; all = geometric mean`;

/**
 * The rows of one program of `kernels/`: each of its kernels, and all of them.
 *
 * @param file   its name
 * @param label  what its rows begin with
 * @param kernels how many it has
 * @param mount  options of Igor: what it sees besides
 * @param native target of all beside native PHP, `stock` beside upstream's interpreter
 */
export async function kernelRows({ file, label, kernels, mount = [], native, stock }) {
	const program = fileURLToPath(new URL(`kernels/${file}`, import.meta.url));
	const php = which('php');
	const seconds = (SECONDS / kernels).toFixed(2);
	const ours = (env) => async () => readTimes(await phpCli(app, { env }, ...mount, ...OPCACHE, program, seconds));
	const figures = await interleave(ROUNDS, {
		ours: ours({}),
		stock: ours({ IGOR_STOCK_PHP: '1' }),
		...(php && { theirs: async () => readTimes(await run(php, [...OPCACHE, ...NO_JIT, program, seconds])) }),
	});
	const [igor, upstream, theirs] = [figures.ours, figures.stock, figures.theirs].map(
		(rounds) => rounds && fewest(rounds),
	);
	return [
		...[...igor].map(([name, time]) => ({
			what: `${label} ${name} / native php without JIT`,
			...(theirs ? { ratio: time / theirs.get(name) } : { missing: true }),
			ours: milliseconds(time),
			theirs: [theirs && milliseconds(theirs.get(name)), `upstream's ${milliseconds(upstream.get(name))}`]
				.filter(Boolean)
				.join(', '),
		})),
		{
			what: `${label}, all / native php without JIT`,
			...(theirs ? { ratio: meanRatio(igor, theirs) } : { missing: true }),
			...(native && { target: { most: native, ratio: true } }),
		},
		{
			what: `${label}, all / upstream's interpreter`,
			ratio: meanRatio(igor, upstream),
			...(stock && { target: { most: stock, ratio: true } }),
		},
	];
}

/** What a program prints: name → microseconds. */
function readTimes(text) {
	const times = new Map(
		text
			.trim()
			.split('\n')
			.map((line) => line.split(' '))
			.map(([name, time]) => [name, Number(time)]),
	);
	if (!times.values().every(Number.isFinite)) throw new Error(`That is no list of times: ${text}`);
	return times;
}

/** Of all rounds: what a busy machine does only adds to a time. */
function fewest(rounds) {
	return new Map([...rounds[0].keys()].map((name) => [name, Math.min(...rounds.map((times) => times.get(name)))]));
}

function meanRatio(ours, theirs) {
	const logs = [...ours].map(([name, time]) => Math.log(time / theirs.get(name)));
	return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

function milliseconds(time) {
	return `${(time / 1000).toFixed(time < 1000 ? 3 : 2)} ms`;
}
