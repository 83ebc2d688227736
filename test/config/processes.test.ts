import { expect, test } from 'vitest';
import { parseProcesses } from '../../src/config/process-rules.ts';

test('the option processes takes names, absolute paths and *, once each', () => {
	expect(parseProcesses(undefined)).toBeUndefined();
	expect(parseProcesses({ allow: [] })).toBeUndefined();
	expect(parseProcesses({ allow: ['git', '/opt/tool', '*', 'git'] })).toEqual(['git', '/opt/tool', '*']);
});

test.each(['', 'bin/tool', './tool', '..', 'a\0b', 7])('%j is no program', (wrong) => {
	expect(() => parseProcesses({ allow: [wrong as string] })).toThrow('is no program');
});

test.each([null, [], ['git'], { allow: 'git' }])('%j is no list of programs', (wrong) => {
	expect(() => parseProcesses(wrong as never)).toThrow('{ allow: [');
});
