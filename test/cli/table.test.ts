import { describe, expect, test } from 'vitest';
import type { SidekickView } from '../../src/admin/sidekick-view.ts';
import { eventLine } from '../../src/cli/sidekick-events.ts';
import { tableLines } from '../../src/cli/sidekick-table.ts';

const READY = {
	scope: 'shop',
	name: 'config',
	state: 'ready',
	ready: true,
	num: 1,
	readyThreads: 1,
	version: 3,
	thread: 7,
	restarts: 2,
	age: 61.5,
	size: 2048,
	keys: [{ key: 'a', size: 1 }],
	lastError: null,
} as unknown as SidekickView;
const FAILED = {
	...READY,
	name: 'flags',
	state: 'failed',
	ready: false,
	thread: null,
	age: null,
	lastError: 'Uncaught Exception:\u001b[2J no in /app/x.php:3\nStack trace',
} as unknown as SidekickView;

describe('the table of sidekicks', () => {
	test('columns', () => {
		expect(tableLines([READY, FAILED], { width: undefined, colours: false })).toEqual([
			'SCOPE  SIDEKICK  STATE   THREAD  RESTARTS  PUBLISHED  SIZE     KEYS  TASKS  LAST ERROR',
			'shop   config    ready   7       2         1m1s ago   2.0 KiB  1     -',
			'shop   flags     failed  -       2         never      -        -     -      Uncaught Exception:\\x1b[2J no in /app/x.php:3 Stack trace',
		]);
	});

	test('columns stand below each other, whatever the names are made of', () => {
		// Wide characters, combining marks, a family, a mark that turns the direction, an escape sequence, half a character.
		const names = ['設定', 'e\u0301te\u0301', '👨‍👩‍👧', 'a\u202eb', 'a\u001b[31mb', 'a\nb', '\ud800'];
		const views = names.map((name) => ({ ...READY, name, scope: 'ショップ' }));
		const lines = tableLines(views, { width: undefined, colours: false });
		expect(lines.map((line) => line.slice(0, line.search(/ (?:7|THREAD) /)))).toEqual([
			'SCOPE     SIDEKICK    STATE ',
			'ショップ  設定        ready ',
			'ショップ  e\u0301te\u0301         ready ',
			'ショップ  👨‍👩‍👧          ready ',
			'ショップ  a\\u202eb    ready ',
			'ショップ  a\\x1b[31mb  ready ',
			'ショップ  a\\x0ab      ready ',
			'ショップ  \ufffd           ready ',
		]);
	});

	test('of several threads, those that are ready', () => {
		const pool = { ...READY, num: 3, readyThreads: 2, version: 0, age: null, keys: [] };
		expect(tableLines([pool], { width: undefined, colours: false })[1]).toMatch(/ready +2 of 3 +2 +never +- +- +-$/);
	});

	test('tasks that are over, and those that wait', () => {
		const tasks = { completed: 5, aborted: 1, abandoned: 0, timeout: 2, waiting: 0, busy: 1, seconds: 1 };
		const row = (more: object) =>
			tableLines([{ ...READY, tasks: { ...tasks, ...more } }], { width: undefined, colours: false })[1];
		expect(row({})).toMatch(/ 8$/);
		expect(row({ waiting: 3 })).toMatch(/ 8, 3 waiting$/);
	});

	test('what a fleet shares: who has it, since when, and how far behind this server is', () => {
		const holder = { holder: 'web-1/42', since: '2026-12-01T10:44:24.182Z' };
		const run = { shares: 'run', ...holder, here: true, behind: 0 };
		const tasks = { shares: 'tasks', holder: null, here: true, since: null, behind: 0 };
		const rows = [run, { ...run, here: false, behind: 61.5 }, tasks, null].map((fleet) => ({ ...READY, fleet }));
		const lines = tableLines(rows as SidekickView[], { width: undefined, colours: false }, 10);
		const at = lines[0]?.indexOf('THREAD');
		expect(lines.map((line) => line.slice(at, line.search(/ +(?:2 |RESTARTS)/)))).toEqual([
			'THREAD       FLEET',
			'7            runs once, since 2026-12-01 10:44:24',
			'on web-1/42  runs once, since 2026-12-01 10:44:24, 1m11s behind',
			'7            shares tasks',
			'7            -',
		]);
	});

	test('ages grow on between two looks', () => {
		expect(tableLines([READY], { width: undefined, colours: false }, 10)[1]).toContain('1m11s ago');
	});

	test('lines are cut to the width of the terminal', () => {
		const lines = tableLines([READY, FAILED], { width: 40, colours: false });
		expect(lines.every((line) => [...line].length <= 40)).toBe(true);
		expect(lines[2]).toMatch(/…$/);
		const wide = { ...READY, scope: 'ショップ', name: 'e\u0301te\u0301' };
		const cutTo = (width: number) => tableLines([wide], { width, colours: true })[1];
		expect([4, 5, 13].map(cutTo)).toEqual(['シ…', 'ショ…', 'ショップ  e\u0301t…']);
	});

	test('colours say the state', () => {
		const [, ready, failed] = tableLines([READY, FAILED], { width: 80, colours: true });
		expect(ready).toContain('\u001b[32mready\u001b[39m');
		expect(failed).toContain('\u001b[31mfailed\u001b[39m');
		const wide = { ...READY, scope: 'ショップ' };
		const line = tableLines([wide], { width: 80, colours: true })[1];
		expect(line).toContain('ショップ  config    \u001b[32mready\u001b[39m  7');
	});

	test('an event is one line', () => {
		const data = JSON.stringify({
			time: 'T',
			scope: 'shop',
			type: 'crashed',
			name: 'config',
			failures: 1,
			reason: 'a\nb',
		});
		expect(eventLine({ id: '1', event: 'crashed', data })).toBe('T shop config crashed failures=1 reason="a\\nb"');
		const hostile = JSON.stringify({ name: 'a\u001b[2J\nb', type: 'ready', reason: '\u009b2J' });
		expect(eventLine({ id: '2', event: 'ready', data: hostile })).toBe('a\\x1b[2J\\x0ab ready reason="\\x9b2J"');
	});
});
