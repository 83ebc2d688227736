// Writes sample.txt anew: `node test/php-src/choose-sample.ts`. Of each directory it takes its share, in an order that has
// nothing to do with names, and only what passes natively. The same tests come out each time.
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { IgorPhp } from './igor-php.ts';
import type { Php } from './invocation.ts';
import { NATIVE, NativePhp } from './native-php.ts';
import { NativeResults } from './native-results.ts';
import { isFlaky, neededExtensions, otherSapi, readPhpt } from './phpt.ts';
import { directoryOf } from './report.ts';
import { runOn } from './run-on.ts';
import { SAMPLE_FILE } from './sample.ts';
import { ALL_TESTS, copyTests, phpSource, testsBelow } from './sources.ts';

const SIZE = 1500;
/** So many more are tried natively, for those that fail. */
const SPARE = 1.25;

/** Those that are about time, or fail beside each other. */
const UNSTEADY = [
	// Unpacks 100,000 files.
	'ext/zip/tests/bug51353.phpt',
	// A client waits a second for a server that is a program.
	'ext/openssl/tests/stream_crypto_flags_004.phpt',
	// Both have one socket in /tmp.
	'ext/standard/tests/streams/bug60106-001.phpt',
	'ext/standard/tests/streams/bug60106-002.phpt',
];

/** Their servers are programs, which take seconds each; whose line comes first is left to chance. */
const WITH_SERVERS = /^ext\/mysqli\/tests\/ghsa-/;

const source = phpSource();
const native = new NativePhp(NATIVE, source);
const igor = await IgorPhp.start('8.2', source);
await igor.close();
const eligible = testsBelow(source, ALL_TESTS).filter((test) => isEligible(test, [native, igor]));
const shares = sharesOf(Map.groupBy(eligible, directoryOf));
const candidates = shares.flatMap(({ tests, count }) => tests.slice(0, Math.ceil(count * SPARE) + 2)).sort();
const results = await runNatively(candidates);
const passes = (test: string): boolean => results.get(test) === 'passed';
const chosen = shares.flatMap(({ tests, count }) => tests.filter(passes).slice(0, count));
// In place of directories that need a server, or something else that is not here.
const others = candidates.filter((test) => passes(test) && !chosen.includes(test)).sort(byHash);
chosen.push(...others.slice(0, SIZE - chosen.length));
writeFileSync(SAMPLE_FILE, `${chosen.sort().join('\n')}\n`);
console.log(`${chosen.length} tests`);

/** Whether it can run on both, and says the same each time. */
function isEligible(test: string, phps: readonly Php[]): boolean {
	if (UNSTEADY.includes(test) || WITH_SERVERS.test(test)) return false;
	try {
		const sections = readPhpt(join(source, test));
		const needed = neededExtensions(test, sections);
		const isThere = phps.every(({ extensions }) => needed.every((name) => extensions.has(name)));
		return isThere && otherSapi(sections) === undefined && !isFlaky(sections) && !sections.has('XFAIL');
	} catch {
		return false;
	}
}

/** Of each directory as many as it has of all tests, at least one. */
function sharesOf(directories: ReadonlyMap<string, string[]>): { tests: string[]; count: number }[] {
	const shares = [...directories.values()].map((tests) => {
		const exact = (SIZE * tests.length) / eligible.length;
		return { tests: tests.toSorted(byHash), count: Math.max(1, Math.floor(exact)), rest: exact % 1 };
	});
	let left = SIZE - shares.reduce((sum, { count }) => sum + count, 0);
	for (const share of shares.toSorted((a, b) => b.rest - a.rest)) if (left-- > 0) share.count++;
	return shares;
}

function byHash(a: string, b: string): number {
	return hashOf(a) < hashOf(b) ? -1 : 1;
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

async function runNatively(tests: readonly string[]): Promise<NativeResults> {
	const results = new NativeResults(native.version);
	const left = tests.filter((test) => results.get(test) === undefined);
	const folder = copyTests(source, left);
	try {
		const php = new NativePhp(NATIVE, folder);
		const runner = { php, cleaner: php, folder, jobs: availableParallelism() };
		await runOn(
			runner,
			left,
			(test, { result }) => results.set(test, result),
			() => results.save(),
		);
		results.save();
		return results;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
