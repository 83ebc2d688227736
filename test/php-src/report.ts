import { type FailureGroup, FOREIGN } from './expected-failures.ts';
import type { TestResult } from './run-test.ts';

/** What Igor has made of natively passing tests. */
export type Outcome = { test: string; result: TestResult; expected: FailureGroup | undefined };

/** What the run fails for. */
export const isWrong = ({ result, expected }: Outcome): boolean =>
	result.result === 'hung' ||
	(result.result === 'crashed' && expected?.crashes !== true) ||
	(result.result === 'failed' && expected === undefined);

/** Listed as failing, and passes. */
export const isOutdated = ({ result, expected }: Outcome): boolean =>
	result.result === 'passed' && expected !== undefined;

type Row = { native: number; passed: number; skipped: number; foreign: number; expected: number; wrong: number };

const EMPTY: Row = { native: 0, passed: 0, skipped: 0, foreign: 0, expected: 0, wrong: 0 };
const HEAD = ['native', 'Igor', 'left out', 'foreign', 'expected', 'wrong', 'share'];

/** The directory that a test counts for, such as `ext/date`. */
export function directoryOf(test: string): string {
	return test.split('/').slice(0, 2).join('/');
}

/** Counts by directory and the share that counts, as a table of Markdown. */
export function tableOf(outcomes: readonly Outcome[]): string {
	const rows = new Map<string, Row>();
	const total = { ...EMPTY };
	for (const outcome of outcomes) {
		const name = directoryOf(outcome.test);
		const row = rows.get(name) ?? { ...EMPTY };
		rows.set(name, row);
		for (const counts of [row, total]) {
			counts.native++;
			counts[columnOf(outcome)]++;
		}
	}
	const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, row]) => lineOf(name, cellsOf(row)));
	const counting = countingOf(total);
	return [
		lineOf('', HEAD),
		`|${'-'.repeat(20)}|${`${'-'.repeat(9)}:|`.repeat(HEAD.length)}`,
		...lines,
		lineOf('all', cellsOf(total)),
		'',
		`left out: Igor's PHP lacks the extension, or SKIPIF says so. foreign: expected to fail for ${FOREIGN.join(', ')}.`,
		`${total.passed} of ${counting} others pass: ${shareOf(total)}.`,
	].join('\n');
}

/** How many tests of those that are neither left out nor foreign. */
const countingOf = ({ native, skipped, foreign }: Row): number => native - skipped - foreign;

function shareOf(row: Row): string {
	const counting = countingOf(row);
	return counting === 0 ? '–' : `${((100 * row.passed) / counting).toFixed(2)} %`;
}

const cellsOf = (row: Row): (string | number)[] => [...Object.values(row), shareOf(row)];

function columnOf(outcome: Outcome): Exclude<keyof Row, 'native'> {
	const { result, expected } = outcome;
	if (result.result === 'passed') return 'passed';
	if (result.result === 'skipped') return 'skipped';
	if (isWrong(outcome)) return 'wrong';
	return expected !== undefined && FOREIGN.includes(expected.kind) ? 'foreign' : 'expected';
}

function lineOf(name: string, cells: readonly (string | number)[]): string {
	return `| ${name.padEnd(18)} |${cells.map((cell) => ` ${String(cell).padStart(8)} |`).join('')}`;
}
