import { chmodSync, existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, run, writeApp } from '../../program/support/igor.ts';
import { useRoles } from './support/roles.ts';

afterEach(cleanUp);
const INI = { display_errors: '0', html_errors: '0' };

/** What a script in a canary's way would do: each line tries to run `touch`, which is not allowed. */
const ESCAPES = [
	'touch canary',
	'echo x; touch canary',
	'echo x && touch canary',
	'false || touch canary',
	'echo x | touch canary',
	'echo x\ntouch canary',
	'echo $(touch canary)',
	'echo `touch canary`',
	'echo "$(touch canary)"',
	'(touch canary)',
	'{ touch canary; }',
	'echo x & touch canary',
	'touch canary &',
	'exec touch canary',
	'A=1 touch canary',
	'if true; then touch canary; fi',
	'! touch canary',
	"'touch' canary",
	't\\ouch canary',
	'/usr/bin/touch canary',
	'./touch canary',
	'env touch canary',
	'command touch canary',
	'eval touch canary',
	'. ./script',
	'sh -c "touch canary"',
	'PATH=. touch canary',
	'PATH=. echo x',
	'LD_PRELOAD=./x.so echo x',
	'echo x > /etc/canary',
	'echo x > ../canary',
	'echo x >> link/canary',
	'cat < /etc/passwd',
	'cat <<E\nE',
	'echo $' + '{x:=`touch canary`}',
	"echo $'x'",
	'ec* x',
	'[ -f x ] && touch canary',
];

describe('the allow list', () => {
	const roles = useRoles({ phpIni: INI, processes: { allow: ['echo', 'cat', 'false'] } });

	test.each(ESCAPES)('%j runs nothing else, and the warning says what it takes', async (line) => {
		// Programs of allowed and forbidden names where PHP can write.
		for (const name of ['touch', 'echo', 'script']) roles().files.write(name, '#!/bin/sh\n: > canary\n');
		for (const how of ['exec($in)', 'popen($in, "r")', 'proc_open($in, [], $p)', 'shell_exec($in)']) {
			const { value, warnings } = await roles().run<unknown>(
				'classic',
				`$r = ${how}; return is_resource($r) ? proc_close($r) : $r;`,
				line,
			);
			expect(existsSync(join(roles().files.folder, 'canary'))).toBe(false);
			expect(existsSync('/etc/canary')).toBe(false);
			if (!/^(?:cat < |echo x >)/.test(line)) {
				expect(value).toBe(false);
				expect(warnings.at(-1)).toMatch(/was not run.*(?:Allow it with|can be made to run)/);
			}
		}
		expect((await roles().run('classic', 'return exec("cat < /etc/passwd");')).value).toBe('');
	});

	test('an array is no command line: nothing in it means anything', async () => {
		const code =
			'$p = proc_open(["echo", "$(id)", ";", "id", "`id`", "*"], [1 => ["pipe", "w"]], $pipes); return stream_get_contents($pipes[1]);';
		expect((await roles().run('classic', code)).value).toBe('$(id) ; id `id` *\n');
		const { value, warnings } = await roles().run('classic', 'return proc_open(["touch", "x"], [], $p);');
		expect(value).toBe(false);
		expect(warnings).toEqual([
			'proc_open(): "touch" was not run: PHP may run only echo, cat, false here. Allow it with "processes { allow touch }" ' +
				"in php_server, --allow-process touch, or serve()'s option processes.",
		]);
	});

	test('a program by its path is the allowed one only if it is that very file', async () => {
		const code = '$r = []; foreach ($in as $path) $r[] = exec("$path x"); return $r;';
		expect((await roles().run('classic', code, ['/bin/echo', '/usr/bin/../bin/echo', './echo'])).value).toEqual([
			'x',
			'x',
			false,
		]);
	});

	test('the refusal is in the log, too', async () => {
		await roles().run('classic', 'return exec("id");');
		expect(roles().log.matching('"id" was not run: PHP may run only echo, cat, false here.')).not.toEqual([]);
	});
});

describe('a shell', () => {
	const any = useRoles({ phpIni: INI, processes: { allow: ['*'] } });
	const shell = useRoles({ phpIni: INI, processes: { allow: ['sh'] } });

	test.each([
		['*', any],
		['sh', shell],
	])('allowed by %s: it runs the whole line', async (_name, roles) => {
		const line = 'x=$(echo a b); for i in $x; do echo "$i"; done | (cat) > out.txt; cat out.txt; (exit 5)';
		const { value } = await roles().run('classic', 'exec($in, $lines, $status); return [$lines, $status];', line);
		expect(value).toEqual([['a', 'b'], 5]);
	});

	test('of any program: the environment is passed whole', async () => {
		const code =
			'putenv("NODE_OPTIONS=--no-warnings"); putenv("PATH=/usr/bin:/bin"); return [exec(\'echo $NODE_OPTIONS\'), exec(\'echo $PATH\')];';
		const { value } = await any().run<string[]>('classic', code);
		expect(value[0]).toBe('--no-warnings');
		expect(value[1]).toMatch(/:\/usr\/bin:\/bin$/);
	});
});

describe('PHP as a program', () => {
	const roles = useRoles({
		php: '8.2',
		phpIni: { ...INI, memory_limit: '77M' },
		network: 'off',
		env: { OF_THE_SCOPE: 'yes' },
		processes: { allow: ['php', 'echo'] },
	});

	test('is Igor’s own, of the same version, with the permissions and folders of its caller', async () => {
		roles().files.write(
			'child.php',
			`<?php echo json_encode([
				'version' => PHP_MINOR_VERSION, 'args' => array_slice($argv, 1), 'scope' => getenv('OF_THE_SCOPE'), 'own' => getenv('OWN'),
				'memory' => ini_get('memory_limit'), 'ini' => ini_get('precision'), 'network' => @stream_socket_client('tcp://127.0.0.1:9'),
				'visible' => file_exists('/etc/passwd'), 'temp' => @file_get_contents($argv[1] ?? ''), 'may' => exec('echo may'), 'not' => @exec('id'),
				'again' => exec('php -r "echo 1+1;"'),
			]);`,
		);
		const code = `putenv('OWN=own'); $f = tempnam('/tmp', 'x'); file_put_contents($f, 'shared');
			exec('php -d precision=5 child.php ' . escapeshellarg($f) . " '' 'a b'", $lines, $status);
			return [json_decode(implode($lines), true), $status, $f];`;
		const { value } = await roles().run<[Record<string, unknown>, number, string]>('classic', code);
		const [child, status, file] = value;
		expect(status).toBe(0);
		expect(child).toEqual({
			...{ version: 2, args: [file, '', 'a b'], scope: 'yes', own: 'own', memory: '77M', ini: '5', network: false },
			...{ visible: false, temp: 'shared', may: 'may', not: false, again: '2' },
		});
	}, 60_000);

	test('PHP_BINARY runs it; it looks like a program, and what PHP writes there is not run', async () => {
		const code = `$before = is_executable(PHP_BINARY); @chmod(PHP_BINARY, 0777); @file_put_contents(PHP_BINARY, "#!/bin/sh\\necho evil");
			return [$before, basename(PHP_BINARY), exec(escapeshellarg(PHP_BINARY) . ' -v', $lines) === end($lines) ? $lines[0] : $lines, exec('command -v php') === PHP_BINARY];`;
		const { value } = await roles().run<unknown[]>('classic', code);
		expect(value).toEqual([true, 'php', expect.stringMatching(/^PHP 8\.2\./), true]);
	}, 60_000);

	test('code that it is given lies where no other PHP sees it: a link there would lead what is written out', async () => {
		const look = 'json_encode(preg_grep("/^(php|script)-/", scandir("/tmp")))';
		roles().files.write('stdin.php', `<?php echo ${look};`);
		const code = `$code = escapeshellarg($in);
			return [exec("php -r $code"), exec("php < stdin.php")];`;
		expect((await roles().run('classic', code, `echo ${look};`)).value).toEqual(['[]', '[]']);
	}, 60_000);

	test('waits for code that comes late', async () => {
		const code = `$p = proc_open(["php"], [["pipe", "r"], ["pipe", "w"]], $pipes); fwrite($pipes[0], "<?php echo 1"); sleep(1);
			fwrite($pipes[0], "+1;"); fclose($pipes[0]); return [stream_get_contents($pipes[1]), proc_close($p)];`;
		expect((await roles().run('classic', code)).value).toEqual(['2', 0]);
	}, 60_000);

	test('exit status, and a script that is not there', async () => {
		const code = `exec("php -r 'exit(9);'", $o, $a); exec("php missing.php 2>&1", $o, $b); exec("php /etc/passwd 2>&1", $o, $c); return [$o, $a, $b, $c];`;
		expect((await roles().run('classic', code)).value).toEqual([
			['Could not open input file: missing.php', 'Could not open input file: /etc/passwd'],
			9,
			1,
			1,
		]);
	}, 60_000);

	test('runs an allowed program that is written in PHP (composer), wherever it lies', async () => {
		const elsewhere = writeApp({
			tool: '#!/usr/bin/env php\n<?php echo json_encode([array_slice($argv, 1), getcwd(), PHP_SAPI, is_file("/etc/passwd")]);',
			other: '#!/usr/bin/env php\n<?php echo "other";',
		});
		for (const name of ['tool', 'other']) chmodSync(join(elsewhere, name), 0o755);
		const app = writeApp({
			'script.php': `<?php echo exec("tool a 'b c'"), "|", exec("php ${elsewhere}/other 2>&1");`,
		});
		const igor = [
			'php-cli',
			'--allow-process',
			'tool',
			'--allow-process',
			'php',
			'--php-ini',
			'log_errors=0',
			'script.php',
		];
		const { out } = await run(igor, app, { PATH: `${elsewhere}:${process.env.PATH}` });
		expect(out).toBe(
			`[["a","b c"],${JSON.stringify(realpathSync(app)).replaceAll('/', '\\/')},"cli",false]|Could not open input file: ${elsewhere}/other`,
		);
	}, 60_000);

	test('is not run when it is not allowed', async () => {
		const script = '<?php var_dump(PHP_BINARY, @exec("php -v"));';
		const { out } = await run(['php-cli', '--allow-process', 'echo', 'script.php'], writeApp({ 'script.php': script }));
		expect(out).toMatch(/^string\(\d+\) ".*\/bin\/php"\nbool\(false\)\n$/);
	});
});
