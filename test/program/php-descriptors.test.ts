import { afterAll, expect, test } from 'vitest';
import { phpCli } from './support/command-line.ts';
import { cleanUp, writeApp } from './support/igor.ts';

afterAll(cleanUp);

test('php://fd/N opens what has that descriptor', { timeout: 60_000 }, async () => {
	const code = `var_dump(@fopen('php://fd/1000', 'r'), @fopen('php://fd/5000', 'r')); fwrite(fopen('php://fd/2', 'w'), 'said');`;
	expect(await phpCli(['-r', code], { cwd: writeApp({}) })).toMatchObject({
		out: 'bool(false)\nbool(false)\n',
		err: 'said',
	});
});
