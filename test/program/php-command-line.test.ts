import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacking } from '../support/lacking.ts';
import { missingPhp, missingProgram } from '../support/programs.ts';
import { type Ended, phpCli, runProgram } from './support/command-line.ts';
import { BIN, cleanUp, writeApp } from './support/igor.ts';

/** Of php.ini's settings, what PHP's own command line changes; and what a script finds around it. */
const AROUND = `<?php
	foreach (['max_execution_time', 'memory_limit', 'html_errors', 'implicit_flush', 'register_argc_argv',
		'output_buffering', 'max_input_time', 'display_errors'] as $name) echo $name, '=', ini_get($name), "\\n";
	var_dump(PHP_SAPI, php_sapi_name(), $argc, $argv, $_SERVER['argv'] === $argv, $_SERVER['SCRIPT_FILENAME']);
	var_dump($_SERVER['PHP_SELF'], $_SERVER['SCRIPT_NAME'], $_SERVER['DOCUMENT_ROOT'], isset($_SERVER['REQUEST_METHOD']));
	var_dump(getcwd() === dirname(realpath(__FILE__), 2), is_dir('folder'), file_get_contents('text'));
	var_dump(stream_isatty(STDIN), stream_isatty(STDOUT), stream_isatty(STDERR));
	var_dump(set_time_limit(5), headers_sent(), ob_get_level(), PHP_BINARY !== '');
	var_dump(getenv('SHOWN'), is_resource(STDIN), (fstat(STDOUT)['mode'] & 0170000) !== 0);`;

const FILES = {
	'folder/around.php': AROUND,
	'args.php': '<?php echo json_encode($argv), "\\n";',
	'line.php': '<?php echo strrev($argn), "\\n";',
	'broken.php': '<?php echo 1 +;',
	'source.php': "<?php\n// a comment\necho   'x' ; # another\n",
	'failing.php': '<?php\nfunction f() { throw new LogicException("on purpose"); }\necho "before\\n";\nf();',
	'late.php':
		'<?php class D { function __destruct() { echo "destroyed\\n"; } } $d = new D;' +
		'register_shutdown_function(function () { echo "last\\n"; exit(7); }); exit(3);',
	'input.php':
		'<?php var_dump(fgets(STDIN), feof(STDIN), stream_get_contents(STDIN, 3), fread(STDIN, 100), fgets(STDIN),' +
		'feof(STDIN), file_get_contents("php://stdin"));',
	text: 'text of a file',
};

type Row = [what: string, args: string[], input?: string];

const ROWS: Row[] = [
	['what is around a script', ['folder/around.php', 'one', '--two', '-x=3', '--', '--help', '']],
	['-r, and the exit status', ['-r', 'echo PHP_SAPI, 1 + 1; exit(3);']],
	['arguments of -r', ['-r', 'echo json_encode($argv);', '--', '-x', '--', 'y']],
	['-f and --', ['-f', 'args.php', '--', '-v', '-r']],
	['-fFILE', ['-fargs.php', 'x']],
	['-f without a file', ['-n', '-f']],
	[
		'-d, in all its forms',
		[
			'-d',
			'precision=3',
			'-dhtml_errors=1',
			'--define',
			'user_agent=a b',
			'-d',
			'assert.exception',
			'-r',
			'var_dump(ini_get("precision"), ini_get("html_errors"), ini_get("user_agent"), ini_get("assert.exception"));',
		],
	],
	['--repeat', ['--repeat', '2', 'args.php', '-x', 'y']],
	['options as one word', ['-nqr', 'var_dump(ini_get("memory_limit"));']],
	['-l', ['-l', 'args.php']],
	['-l of a mistake', ['-l', 'broken.php']],
	['-w', ['-w', 'source.php']],
	['-s', ['-s', 'source.php']],
	['--rf', ['--rf', 'strrev']],
	['--ri of what there is not', ['--ri', 'nosuch']],
	['--rc of what there is not', ['--rc', 'NoSuch']],
	['an option that there is not', ['-X']],
	['a script on stdin', [], '<?php echo json_encode($argv), PHP_EOL; exit(4);'],
	['a script on stdin, with arguments', ['--', 'a', '-b'], '<?php echo json_encode($argv);'],
	['stdin of a script', ['input.php'], 'first\nsecond\nthird'],
	['no stdin', ['input.php']],
	[
		'-B, -R and -E',
		['-B', '$n = 0;', '-R', 'echo ++$n, strtoupper($argn), "\\n";', '-E', 'echo "end $n\\n";'],
		'a\nb\n',
	],
	['-F', ['-F', 'line.php'], 'abc\ndef'],
	['an uncaught exception', ['failing.php']],
	['a warning, and a deprecation', ['-r', 'echo $undefined; echo strlen(null);']],
	['exit() in what comes late', ['late.php']],
	[
		'stream_select() on stdin',
		['-r', '$r = [STDIN]; $w = $e = null; var_dump(stream_select($r, $w, $e, 20), fgets(STDIN));'],
		'x',
	],
	[
		'stdout and stderr',
		['-r', 'fwrite(STDERR, "e"); echo "o"; error_log("logged"); file_put_contents("php://stderr", "f");'],
	],
];

describe.skipIf(lacking(missingPhp()))('igor php-cli does what native PHP does', () => {
	let cwd = '';
	beforeAll(() => {
		cwd = writeApp(FILES);
	});
	afterAll(cleanUp);

	test.each(ROWS)('%s', async (_what, args, input) => {
		const env = { SHOWN: 'yes' };
		const [native, igor] = await Promise.all([
			runProgram(
				'php',
				['-n', '-d', 'log_errors=0', ...(args[0] === '-nqr' ? [] : ['-d', 'memory_limit=-1']), ...args],
				{ cwd, input, env },
			),
			phpCli(['--php', '8.2', '--env', 'SHOWN=yes', ...args], { cwd, input }),
		]);
		expect(plain(igor)).toEqual(plain(native));
	});
});

/** Without what may differ: where memory is, and of which release the usage text is. */
function plain({ status, out, err }: Ended): Ended {
	return { status, out, err: err.replace(/argument \d+, char/, 'argument, char') };
}

describe('igor php-cli', () => {
	afterAll(cleanUp);

	test('-v, -m and -i say what there is', async () => {
		const cwd = writeApp({});
		const version = await phpCli(['-v'], { cwd });
		expect(version).toEqual({
			status: 0,
			out: expect.stringMatching(
				/^PHP 8\.4\.\d+ \(cli\).*\nCopyright \(c\) The PHP Group\nZend Engine v4\.4\.\d+,.*\n {4}with Zend OPcache v8/,
			),
			err: '',
		});
		const release = /^PHP (\S+)/.exec(version.out)?.[1];
		expect((await phpCli(['-m'], { cwd })).out).toMatch(
			/^\[PHP Modules\]\n(?:.+\n)*Core\n(?:.+\n)*\n\[Zend Modules\]\nZend OPcache\n/,
		);
		const info = await phpCli(['-i'], { cwd });
		expect(info.out).toContain(`PHP Version => ${release}\n`);
		expect(info.out).toContain('Server API => Command Line Interface\n');
	});

	test.each([
		[['-S', 'localhost:8000'], /igor php-server --listen/],
		[['-a'], /no interactive mode/],
		[['-z', 'x.so', '-r', ''], /loads no code/],
	])('%j is refused, and the sentence says what to do', async (args, sentence) => {
		const { status, out, err } = await phpCli(args, { cwd: writeApp({}) });
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(sentence);
		expect(err.trim().split('\n')).toHaveLength(1);
	});

	test('-n and -c take the place of php.ini; a warning while PHP starts is shown', async () => {
		const cwd = writeApp({ 'php.ini': 'precision=5\nextension=nosuch\n' });
		const code = 'echo ini_get("precision"), "|", ini_get("memory_limit"), "|", ini_get("variables_order");';
		expect((await phpCli(['-n', '-r', code], { cwd })).out).toBe('14|128M|EGPCS');
		// Neither does native PHP say a word.
		expect(await phpCli(['-c', 'nowhere.ini', '-r', code], { cwd })).toMatchObject({ out: '14|128M|EGPCS', err: '' });
		const own = await phpCli(['-c', '.', '-r', code], { cwd });
		expect(own.out).toMatch(
			/^\s*Warning: PHP Startup: Unable to load dynamic library 'nosuch'(?:.*\n)*.*\n5\|128M\|EGPCS$/,
		);
		const disabled = await phpCli(
			['-d', 'disable_functions=strrev', '-r', 'var_dump(function_exists("strrev"), function_exists("dl"));'],
			{ cwd },
		);
		expect(disabled.out).toBe('bool(false)\nbool(false)\n');
	});

	test('output comes at once; a wait for stdin ends by Ctrl-C', async () => {
		const script =
			'echo "name? "; $name = fgets(STDIN); echo "hello $name"; fwrite(STDOUT, "more? "); fgets(STDIN); echo "never";';
		const child = spawn(process.execPath, [BIN, 'php-cli', '-r', script], { stdio: ['pipe', 'pipe', 'inherit'] });
		let out = '';
		const shown = (text: string) =>
			new Promise<void>((resolve) => {
				const look = () => out.endsWith(text) && resolve();
				child.stdout.on('data', look);
				look();
			});
		child.stdout.setEncoding('utf8').on('data', (text) => {
			out += text;
		});
		await shown('name? ');
		child.stdin.write('bob\n');
		await shown('more? ');
		const ended = once(child, 'exit');
		child.kill('SIGINT');
		// A shell shows that as 130.
		expect(await ended).toEqual([null, 'SIGINT']);
		expect(out).toBe('name? hello bob\nmore? ');
	});

	test.skipIf(lacking(missingProgram('script', 'bsdutils')))('a terminal is one', async () => {
		const command = `${process.execPath} ${BIN} php-cli -r 'var_dump(stream_isatty(STDIN), stream_isatty(STDOUT), stream_isatty(STDERR));'`;
		const { out } = await runProgram('script', ['-qec', `${command}; echo "status $?"`, '/dev/null'], {
			cwd: writeApp({}),
			input: '',
		});
		expect(out.replaceAll('\r', '')).toContain('bool(true)\nbool(true)\nbool(true)\nstatus 0\n');
	});
});
