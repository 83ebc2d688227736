import { fileURLToPath } from 'node:url';
import { run, which } from '../children.mjs';
import { app, PHP_VERSION, phpCli } from '../igor.mjs';
import { interleave } from '../statistics.mjs';

const ROUNDS = 5;
/** For each kernel, in a round. */
const SECONDS = '0.4';
const KERNELS = fileURLToPath(new URL('../kernels/kernels.php', import.meta.url));
/** Native PHP as Igor's is: with opcache, without its compilers to machine code. */
const NATIVE = ['-d', 'opcache.enable_cli=1', '-d', 'opcache.jit=off', '-d', 'pcre.jit=0'];
const IGOR = fileURLToPath(new URL('../../../bin/igor.js', import.meta.url));

/** PHP that lives on opcodes: beside native PHP, and the faster execute_ex() beside upstream's. */
export async function interpreter() {
	const native = which('php');
	const stock = { ...process.env, IGOR_STOCK_PHP: '1' };
	const figures = await interleave(ROUNDS, {
		ours: async () => readTimes(await phpCli(app, KERNELS, SECONDS)),
		stock: async () =>
			readTimes(
				await run(process.execPath, [IGOR, 'php-cli', '--php', PHP_VERSION, KERNELS, SECONDS], {
					cwd: app,
					env: stock,
				}),
			),
		...(native && { theirs: async () => readTimes(await run(native, [...NATIVE, KERNELS, SECONDS])) }),
	});
	const [ours, upstream, theirs] = [figures.ours, figures.stock, figures.theirs].map(
		(rounds) => rounds && fewest(rounds),
	);
	const rows = [...ours].map(([name, time]) => ({
		what: `kernel ${name} / native php without JIT`,
		...compared(time, theirs?.get(name)),
	}));
	return {
		notes: [`kernels: the fewest of ${ROUNDS} rounds of ${SECONDS} s, in turn; all = geometric mean`],
		rows: [
			...rows,
			{
				what: 'kernels, all / native php without JIT',
				...(theirs ? { ratio: meanRatio(ours, theirs) } : { missing: true }),
				target: { most: 1.8, ratio: true },
			},
			{
				what: "kernels, all / upstream's interpreter",
				ratio: meanRatio(ours, upstream),
				target: { most: 0.6, ratio: true },
			},
		],
	};
}

/** What kernels.php prints: name → microseconds. */
function readTimes(text) {
	return new Map(
		text
			.trim()
			.split('\n')
			.map((line) => line.split(' '))
			.map(([name, time]) => [name, Number(time)]),
	);
}

/** Of all rounds: what a busy machine does only adds to a time. */
function fewest(rounds) {
	return new Map([...rounds[0].keys()].map((name) => [name, Math.min(...rounds.map((times) => times.get(name)))]));
}

function compared(ours, theirs) {
	const shown = (time) => `${(time / 1000).toFixed(2)} ms`;
	if (theirs === undefined) return { missing: true, ours: shown(ours) };
	return { ratio: ours / theirs, ours: shown(ours), theirs: shown(theirs) };
}

function meanRatio(ours, theirs) {
	const logs = [...ours].map(([name, time]) => Math.log(time / theirs.get(name)));
	return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}
