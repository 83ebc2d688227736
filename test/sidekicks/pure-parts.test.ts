import { describe, expect, it } from 'vitest';
import { describeOutcome, describeStatus, gaveUpMessage, timeoutMessage } from '../../src/sidekicks/error-texts.ts';
import { LEGAL_TRANSITIONS, type SidekickState, transition } from '../../src/sidekicks/states.ts';
import type { SidekickStatus } from '../../src/sidekicks/status.ts';
import { WaitGraph } from '../../src/sidekicks/wait-graph.ts';
import { cleanExitDelay, crashDelay } from '../../src/time/back-off.ts';

const status: SidekickStatus = {
	name: 'redis',
	background: false,
	state: 'starting',
	attempts: 3,
	failures: 2,
	running: false,
	lastError: 'Uncaught Exception: no in /app/x.php:12',
	exitStatus: 255,
	lastEnd: 'ended with exit status 255',
};

describe('back-off', () => {
	it('is n² · 100 ms, capped at 1 s', () => {
		expect([1, 2, 3, 4, 5, 1000].map(crashDelay)).toEqual([100, 400, 900, 1000, 1000, 1000]);
	});
	it('spaces clean exits by 100 ms from start to start', () => {
		expect([0, 30, 100, 5000].map(cleanExitDelay)).toEqual([100, 70, 0, 0]);
	});
});

describe('states', () => {
	const states = Object.keys(LEGAL_TRANSITIONS) as SidekickState[];
	it('refuses every transition that is not in the table', () => {
		for (const from of states) {
			for (const to of states) {
				if (LEGAL_TRANSITIONS[from].includes(to)) expect(transition(from, to)).toBe(to);
				else expect(() => transition(from, to)).toThrow(`${from} → ${to}`);
			}
		}
	});
	it('fails only before the first publication, and ends in stopped or failed', () => {
		expect(states.filter((state) => LEGAL_TRANSITIONS[state].includes('failed'))).toEqual(['starting']);
		expect(states.filter((state) => LEGAL_TRANSITIONS[state].length === 0)).toEqual(['stopped', 'failed']);
	});
});

describe('wait graph', () => {
	const all = () => true;
	it('finds self-cycles and long ones, with the path', () => {
		const graph = new WaitGraph();
		expect(graph.cycle('a', ['a'], all)).toEqual(['a', 'a']);
		graph.add('a', ['b', 'x']);
		graph.add('b', ['c']);
		expect(graph.cycle('c', ['z', 'a'], all)).toEqual(['c', 'a', 'b', 'c']);
		expect(graph.cycle('d', ['a'], all)).toBeUndefined();
	});
	it('ignores names that block no longer, and ended waits', () => {
		const graph = new WaitGraph();
		graph.add('a', ['b']);
		expect(graph.cycle('b', ['a'], (name) => name !== 'b')).toBeUndefined();
		graph.remove('a', ['b']);
		graph.remove('nobody', ['b']);
		expect(graph.cycle('b', ['a'], all)).toBeUndefined();
		graph.add('a', ['b']);
		graph.forget('b');
		expect(graph.cycle('b', ['a'], all)).toBeUndefined();
	});
	it('visits a shared target once', () => {
		const graph = new WaitGraph();
		graph.add('a', ['b', 'c']);
		graph.add('b', ['d']);
		graph.add('c', ['d']);
		graph.add('d', ['a']);
		expect(graph.cycle('z', ['a'], all)).toBeUndefined();
	});
});

describe('messages', () => {
	it('tells everything known on a timeout', () => {
		const text = timeoutMessage('redis', 30, describeStatus(status));
		for (const part of ['"redis"', '30 seconds', 'starting', 'next attempt', '3 attempts', '/app/x.php:12', '255'])
			expect(text).toContain(part);
	});
	it('has a wording of its own for timeout 0, and for an unknown status', () => {
		expect(timeoutMessage('a', 0, '')).toMatch(
			/^The sidekick "a" has not published yet \(timeout 0: no wait\)\. It is/,
		);
	});
	it('is short for a first run, and clips a PHP error', () => {
		const young = { ...status, attempts: 1, failures: 0, running: true, lastError: undefined, lastEnd: undefined };
		expect(describeStatus(young)).toBe('It is starting (1 attempt).');
		expect(describeStatus({ ...status, lastError: 'é'.repeat(5000) }).length).toBeLessThan(1300);
	});
	it('describes every outcome', () => {
		expect(describeOutcome({ kind: 'exit', status: 0 }, false)).toContain('ended without publishing');
		expect(describeOutcome({ kind: 'exit', status: 0 }, true)).toBe('ended with exit status 0');
		expect(describeOutcome({ kind: 'trap', message: 'unreachable' }, true)).toContain('unreachable');
		expect(describeOutcome({ kind: 'terminated' }, true)).toBe('ended because its thread was terminated');
		expect(describeOutcome({ kind: 'terminated', message: 'too slow' }, true)).toMatch(/terminated: too slow$/);
		expect(describeOutcome({ kind: 'startFailed', message: 'no memory' }, false)).toContain('no memory');
	});
	it('says what to do when a sidekick is given up', () => {
		expect(gaveUpMessage({ ...status, state: 'failed', failures: 6 })).toMatch(
			/6 failed attempts.*:12\..*255\. Correct/,
		);
	});
});
