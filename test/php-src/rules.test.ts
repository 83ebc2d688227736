import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matches } from './expectation.ts';
import type { FailureGroup } from './expected-failures.ts';
import { neededExtensions, otherSapi, readPhpt, type Sections } from './phpt.ts';
import { isWrong, type Outcome, tableOf } from './report.ts';
import type { TestResult } from './run-test.ts';
import { runAll, type Unit } from './schedule.ts';

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'igor-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function phpt(text: string): Sections {
	const file = join(folder, 'a.phpt');
	writeFileSync(file, text, 'latin1');
	return readPhpt(file);
}

describe('the rules of run-tests.php', () => {
	test('sections', () => {
		writeFileSync(join(folder, 'outside.inc'), 'of a file');
		const sections = phpt(
			'--TEST--\nname\n--EXTENSIONS--\nXml zip\n--FILE--\n<?php\n===DONE===\nnot this\n--EXPECT_EXTERNAL--\noutside.inc\n',
		);
		expect(sections.get('FILE')).toBe('<?php\n===DONE===\n');
		expect(sections.get('EXPECT')).toBe('of a file');
		expect(neededExtensions('ext/phar/tests/a.phpt', sections)).toEqual(['xml', 'zip', 'phar']);
		expect(phpt('--TEST--\n--FILEEOF--\n<?php\n\n--EXPECT--\n').get('FILE')).toBe('<?php');
		expect(otherSapi(phpt('--TEST--\n--POST--\na=b\n--FILE--\n--EXPECT--\n'))).toMatch(/CGI/);
		expect(() => phpt('--TEST--\n--FILE--\n')).toThrow(/EXPECT/);
		expect(() => phpt('--TEST--\n--NOSUCH--\n')).toThrow();
	});

	test.each([
		['a %s c', 'a b c', 'a \n c'],
		['[%S]', '[]', '[\n]'],
		['<%a>', '<\n>', '<>'],
		['x%Ay', 'x\n\ny', 'x'],
		['%i|%d', '-1|2', '1|-2'],
		['%f %x', '-1.5e3 fF', '1, g'],
		['a%wb%c', 'a \n bx', 'ab'],
		['%r(a|b)+%r.', 'aba.', 'abax'],
		['%e%0x', '/\0x', '/0x'],
		['100% (sure) %r', '100% (sure) %r', '100% sure %r'],
		['é %s', 'é \xff', 'e \xff'],
	])('EXPECTF %j', (format, right, wrong) => {
		const sections = new Map([['EXPECTF', format]]);
		expect([matches(sections, right), matches(sections, wrong)]).toEqual([true, false]);
	});

	test('EXPECT is bytes, without what is blank around them', () => {
		const sections = new Map([['EXPECT', 'a\r\nb\n']]);
		expect([matches(sections, ' a\nb\0\n'), matches(sections, 'a\nb c')]).toEqual([true, false]);
	});

	test('EXPECTREGEX', () => {
		expect(matches(new Map([['EXPECTREGEX', 'a{3}\\h[[:digit:]]+\\Z']]), 'aaa 42\n')).toBe(true);
	});
});

test('conflicting tests never run side by side, others do', async () => {
	const units: Unit[] = [['file'], ['file'], [], ['all'], []].map((conflicts, index) => ({
		tests: [String(index)],
		conflicts,
	}));
	const running = new Set<string>();
	const seen: string[] = [];
	await runAll(units, 2, async ([name = '']) => {
		running.add(name);
		seen.push([...running].sort().join());
		await Promise.resolve();
		running.delete(name);
	});
	expect(new Set(seen)).toEqual(new Set(['0', '0,2', '1', '1,4', '3']));
});

describe('the report', () => {
	const failure: FailureGroup = { kind: 'igor', reason: 'It is not there yet.', tests: [] };
	const outcomeOf = (result: TestResult['result'], expected?: FailureGroup): Outcome => ({
		test: 'ext/date/tests/a.phpt',
		result: { result },
		expected,
	});
	const foreign: FailureGroup = { kind: 'library', reason: 'Its fault.', crashes: true, tests: [] };

	test.each<[TestResult['result'], FailureGroup | undefined, boolean]>([
		['passed', undefined, false],
		['failed', undefined, true],
		['failed', failure, false],
		['crashed', failure, true],
		['crashed', foreign, false],
		['hung', foreign, true],
	])('a test that has %s, expected to: %j', (result, expected, wrong) => {
		expect(isWrong(outcomeOf(result, expected))).toBe(wrong);
	});

	test('what is left out or foreign does not count', () => {
		const outcomes: Outcome[] = [
			outcomeOf('passed'),
			outcomeOf('passed'),
			outcomeOf('skipped'),
			outcomeOf('failed', failure),
			outcomeOf('crashed', foreign),
			outcomeOf('failed'),
		];
		const cells = tableOf(outcomes)
			.split('\n')
			.map((line) => line.split('|').map((cell) => cell.trim()));
		expect(cells[2]).toEqual(['', 'ext/date', '6', '2', '1', '1', '1', '1', '50.00 %', '']);
	});
});
