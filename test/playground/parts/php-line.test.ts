import { expect, test } from 'vitest';
import { phpArguments } from '../../../playground/src/host/php-line.ts';

const isFile = (name: string): boolean => name === 'bin/console' || name === 'a.php';

test.each([
	['bin/console list --env=prod', ['bin/console', 'list', '--env=prod']],
	[`bin/console say 'two words' "and \\" more"`, ['bin/console', 'say', 'two words', 'and " more']],
	['php a.php', ['a.php']],
	['igor php-cli a.php', ['a.php']],
	['npx igor php-cli -m', ['-m']],
	["-r 'echo 1;'", ['-r', 'echo 1;']],
	['echo PHP_VERSION', ['-r', 'echo PHP_VERSION;']],
	['  phpinfo();  ', ['-r', 'phpinfo();']],
	['<?php echo $x > 1 ? "a|b" : 2;', ['-r', ' echo $x > 1 ? "a|b" : 2;']],
	['foreach ([1, 2] as $n) { echo $n; }', ['-r', 'foreach ([1, 2] as $n) { echo $n; };']],
	['missing.php', ['-r', 'missing.php;']],
])('%s', (line, args) => {
	expect(phpArguments(line, isFile)).toEqual(args);
});

test.each([
	['bin/console list | sort', "There is no shell here for '|': put it into quotes."],
	['a.php $HOME', "There is no shell here for an expansion ('$'): put it into quotes."],
	["a.php 'x", 'There is no shell here for a quote that does not end: put it into quotes.'],
])('%s: %s', (line, sentence) => {
	expect(() => phpArguments(line, isFile)).toThrow(sentence);
});
