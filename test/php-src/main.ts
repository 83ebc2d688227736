// `npm run test:php-src [-- OPTIONS] [DIR|FILE…]`: php-src's own tests that pass natively, on Igor's PHP.
//   --sample       those of sample.txt
//   --quick        natively only what fails on Igor's PHP; so it is with the sample
//   --php VERSION  8.2 by default; the tests are of 8.2
//   --native FILE  native PHP, php8.2 by default: of another version, it says which tests of 8.2 apply to that one
//   --jobs N       so many at a time
//   --resume       without those that the last run, which was ended, has had; a whole run takes an hour
//   --verbose      what failing tests have printed, too
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parsePhpVersion } from '../../src/config/values.ts';
import { type FailureGroup, readExpectedFailures } from './expected-failures.ts';
import { IgorPhp } from './igor-php.ts';
import { NATIVE, NativePhp } from './native-php.ts';
import { keepReport, NativeResults, readReport } from './native-results.ts';
import { isOutdated, isWrong, type Outcome, tableOf } from './report.ts';
import { runOn } from './run-on.ts';
import { sampleTests } from './sample.ts';
import { ALL_TESTS, copyTests, phpSource, testsBelow } from './sources.ts';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		sample: { type: 'boolean', default: false },
		quick: { type: 'boolean', default: false },
		php: { type: 'string', default: '8.2' },
		native: { type: 'string', default: NATIVE },
		jobs: { type: 'string', default: String(availableParallelism()) },
		resume: { type: 'boolean', default: false },
		verbose: { type: 'boolean', default: false },
	},
});
const phpVersion = parsePhpVersion(values.php);
const isQuick = values.sample || values.quick;
const part = values.sample ? '-sample' : positionals.length > 0 ? '-part' : '';
const REPORT = `igor-${phpVersion}${part}${values.quick ? '-quick' : ''}`;
const jobs = Number(values.jobs);
const source = phpSource();
const started = performance.now();

const names = positionals.length > 0 ? positionals.map(plainName) : ALL_TESTS;
const tests = values.sample ? sampleTests() : testsBelow(source, names);
const folder = copyTests(source, tests);
try {
	const native = await runNatively(isQuick ? [] : tests);
	const outcomes = await runOnIgor(isQuick ? tests : tests.filter((test) => native.get(test) === 'passed'));
	process.exitCode = report(outcomes);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** Runs natively what no earlier run has. */
async function runNatively(wanted: readonly string[]): Promise<NativeResults> {
	const php = new NativePhp(values.native, folder);
	const results = new NativeResults(php.version);
	const left = wanted.filter((test) => results.get(test) === undefined);
	if (left.length === 0) return results;
	console.error(`${left.length} tests natively …`);
	await runOn(
		{ php, cleaner: php, folder, jobs },
		left,
		(test, { result }) => {
			results.set(test, result);
		},
		() => results.save(),
	);
	results.save();
	return results;
}

async function runOnIgor(wanted: readonly string[]): Promise<Outcome[]> {
	const expected = readExpectedFailures(phpVersion);
	const igor = await IgorPhp.start(phpVersion, folder);
	try {
		console.error(`${wanted.length} tests on Igor's PHP ${phpVersion} …`);
		const outcomes = values.resume ? earlierOutcomes(wanted, expected) : [];
		const earlier = new Set(outcomes.map(({ test }) => test));
		await runOn(
			{ php: igor, cleaner: new NativePhp(values.native, folder), folder, jobs },
			wanted.filter((test) => !earlier.has(test)),
			(test, result) => {
				outcomes.push({ test, result, expected: expected.get(test) });
			},
			() => keep(outcomes),
		);
		if (isQuick) await leaveOutNativeFailures(outcomes);
		return outcomes.sort((a, b) => (a.test < b.test ? -1 : 1));
	} finally {
		await igor.close();
	}
}

/** No native results are kept here: a failure counts where native PHP passes the test on this machine. */
async function leaveOutNativeFailures(outcomes: Outcome[]): Promise<void> {
	const wrong = outcomes.filter(isWrong);
	const php = new NativePhp(values.native, folder);
	await runOn({ php, cleaner: php, folder, jobs }, wrong.map(({ test }) => test).sort(), (test, { result }) => {
		const outcome = wrong.find((one) => one.test === test);
		if (result !== 'passed' && outcome !== undefined) {
			outcome.result = { result: 'skipped', detail: 'fails natively, too' };
		}
	});
}

/** What an earlier run has kept of the tests, by what is expected now. */
function earlierOutcomes(wanted: readonly string[], expected: ReadonlyMap<string, FailureGroup>): Outcome[] {
	const kept = new Map(readReport<Outcome>(REPORT).map((outcome) => [outcome.test, outcome]));
	return wanted
		.map((test) => kept.get(test))
		.filter((outcome) => outcome !== undefined)
		.map(({ test, result }) => ({ test, result, expected: expected.get(test) }));
}

/** @returns the file that has it */
function keep(outcomes: readonly Outcome[]): string {
	return keepReport(REPORT, outcomes);
}

/** @returns the exit status */
function report(outcomes: readonly Outcome[]): number {
	console.log(tableOf(outcomes));
	const seconds = ((performance.now() - started) / 1000).toFixed(0);
	console.log(`${seconds} s; ${keep(outcomes)} has what each test has made.`);
	for (const { test } of outcomes.filter(isOutdated)) console.log(`expected to fail, and passes: ${test}`);
	const wrong = outcomes.filter(isWrong);
	for (const { test, result } of wrong) {
		console.log(`${result.result}: ${test}${result.detail === undefined ? '' : ` (${result.detail})`}`);
		if (values.verbose) console.log((result.output ?? '').slice(0, 4000).replaceAll(/^/gm, '    | '));
	}
	return wrong.length > 0 ? 1 : 0;
}

/** As paths are written in lists. */
function plainName(name: string): string {
	return name.replace(/^\.\//, '').replace(/\/+$/, '');
}
