import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/php-thread/processes/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'igor-shell-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(folder, 'bin');
const log = join(folder, 'log');
const work = join(folder, 'work');
mkdirSync(bin);
for (const name of ['a', 'b', 'ab', '1']) {
	writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\0' "$#" "\${0##*/}" "$@" >> '${log}'\n`);
	chmodSync(join(bin, name), 0o755);
}

/** What the shell of this machine runs, as lists of words. */
function runByShell(line: string): string[][] {
	rmSync(work, { recursive: true, force: true });
	rmSync(log, { force: true });
	mkdirSync(work);
	spawnSync('/bin/sh', ['-c', line], {
		cwd: work,
		env: { PATH: bin, HOME: '/home/evil' },
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: 5000,
	});
	if (!existsSync(log)) return [];
	const fields = readFileSync(log, 'utf8').split('\0').slice(0, -1);
	const runs: string[][] = [];
	// How many arguments, the program, and the arguments, which may contain anything else.
	while (fields.length > 0) runs.push(fields.splice(0, Number(fields.shift()) + 1));
	return runs;
}

const PIECES = [
	...[
		'a',
		'b',
		'a ',
		'b ',
		' ',
		' ',
		'\t',
		'\n',
		"'",
		'"',
		'\\',
		'$',
		'`',
		';',
		'|',
		'&',
		'>',
		'<',
		'#',
		'~',
		'*',
		'?',
		'[',
		']',
	],
	...[
		'1',
		'2',
		'=',
		'{',
		'}',
		'!',
		'(',
		')',
		'-',
		'/',
		'&&',
		'||',
		'>&',
		'2>&1',
		"'a b'",
		'"a"',
		'x=1 ',
		'exec ',
		'$x',
		',',
		':',
	],
];

test('a line that is understood: the shell of this machine would run no other words', () => {
	let understood = 0;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }), (pieces) => {
			const line = pieces.join('');
			let commands: string[][];
			try {
				commands = parseCommandLine(line).flatMap((pipeline) => pipeline.commands.map(({ words }) => words));
			} catch {
				return;
			}
			understood++;
			const expected = commands.map((words) => (words[0] === 'exec' ? words.slice(1) : words));
			for (const run of runByShell(line)) expect(expected).toContainEqual(run);
		}),
		{ numRuns: 6000 },
	);
	expect(understood).toBeGreaterThan(100);
}, 120_000);
