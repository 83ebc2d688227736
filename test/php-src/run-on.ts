import type { Php } from './invocation.ts';
import { type TestResult, TestRun } from './run-test.ts';
import { runAll, unitsOf } from './schedule.ts';

/** What runs tests: a PHP, and another one for their CLEAN sections. `folder` has the tests; `jobs`: so many at a time. */
export type Runner = { php: Php; cleaner: Php; folder: string; jobs: number };

/** Between two lines about how far it is, milliseconds. */
const PACE = 20_000;

/**
 * Runs tests, those together that can be.
 * @param done hears of each
 * @param paused called now and then
 */
export async function runOn(
	{ php, cleaner, folder, jobs }: Runner,
	tests: readonly string[],
	done: (test: string, result: TestResult) => void,
	paused: () => void = () => {},
): Promise<void> {
	const run = new TestRun(php, cleaner, folder);
	const started = performance.now();
	let count = 0;
	let shown = started;
	await runAll(
		unitsOf(folder, tests, (test) => run.batchKey(test)),
		jobs,
		async (together) => {
			const results = await run.runTogether(together);
			together.forEach((test, index) => {
				done(test, results[index] as TestResult);
			});
			count += together.length;
			if (performance.now() - shown < PACE) return;
			shown = performance.now();
			console.error(`  ${count} of ${tests.length}, ${((shown - started) / 1000).toFixed(0)} s`);
			paused();
		},
	);
}
