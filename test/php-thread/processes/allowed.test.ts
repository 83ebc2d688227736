import { realpathSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { ROLES, useRoles } from './support/roles.ts';

const INI = { display_errors: '0', html_errors: '0' };

describe.each(PHP_VERSIONS)('PHP %s: programs that are allowed', (php) => {
	const roles = useRoles({
		php,
		phpIni: INI,
		processes: { allow: ['echo', 'cat', 'node', 'true', 'false', 'missing-program'] },
	});
	const value = async <T>(code: string, input: unknown = null) => (await roles().run<T>('classic', code, input)).value;

	test.each(ROLES)('%s: exec() gives the last line, all lines and the exit status', async (role) => {
		const code = `$last = exec("echo a; echo 'b  '; node -e 'process.exit(7)'", $lines, $status);
			return [$last, $lines, $status, function_exists('exec')];`;
		expect((await roles().run(role, code)).value).toEqual(['b', ['a', 'b'], 7, true]);
	});

	test('a command line that is longer than any argument is refused, and PHP lives on', async () => {
		const code = 'return [exec("echo " . str_repeat("a ", 3_000_000)), exec("echo b")];';
		expect(await roles().run('classic', code)).toMatchObject({
			value: [false, 'b'],
			warnings: [expect.stringContaining('Argument list too long')],
		});
	});

	test('exec() adds to the lines that are there, and needs none of them', async () => {
		expect(
			await value('$lines = ["x"]; exec("echo a", $lines); return [$lines, exec("true"), exec("echo b")];'),
		).toEqual([['x', 'a'], '', 'b']);
	});

	test('shell_exec(), backticks, system() and passthru()', async () => {
		const code = `ob_start(); $system = system("echo one; echo two", $a); $passthru = passthru("echo three; false", $b);
			return [shell_exec("echo x"), shell_exec("true"), @eval('return \`echo y\`;'), $system, $passthru, $a, $b, ob_get_clean()];`;
		expect(await value(code)).toEqual(['x\n', null, 'y\n', 'two', null, 0, 1, 'one\ntwo\nthree\n']);
	});

	test('the stream of popen() has the mode that was asked for', async () => {
		const code = `return array_map(fn ($mode) => stream_get_meta_data(popen("true", $mode))["mode"], ["r", "rb", "w", "wb"]);`;
		expect(await value(code)).toEqual(['r', 'rb', 'w', 'wb']);
	});

	test('popen() reads and writes; pclose() tells the exit status', async () => {
		const code = `$r = popen("echo x; node -e 'process.exit(3)'", "r"); $line = fgets($r); $end = [fgets($r), feof($r)];
			$w = popen("cat > written.txt", "w"); fwrite($w, "hello");
			return [$line, $end, pclose($r), pclose($w), file_get_contents("written.txt"), get_resource_type($w)];`;
		expect(await value(code)).toEqual(['x\n', [false, true], 3, 0, 'hello', 'Unknown']);
	});

	test('proc_open(): pipes of every kind, its status and its end', async () => {
		const code = `$p = proc_open(["node", "-e", $in], [["pipe", "r"], ["pipe", "w"], ["pipe", "w"], 5 => ["pipe", "w"]], $pipes);
			$running = proc_get_status($p)["running"];
			fwrite($pipes[0], "question"); fclose($pipes[0]);
			$texts = array_map("stream_get_contents", [$pipes[1], $pipes[2], $pipes[5]]);
			return [$texts, $running, array_keys($pipes), proc_close($p), get_debug_type($p)];`;
		const script = `const fs = require('fs'); const got = fs.readFileSync(0, 'utf8');
			fs.writeSync(1, 'out ' + got); fs.writeSync(2, 'err'); fs.writeSync(5, 'five'); process.exitCode = 9;`;
		expect(await value(code, script)).toEqual([
			['out question', 'err', 'five'],
			true,
			[0, 1, 2, 5],
			9,
			'resource (closed)',
		]);
	});

	test('proc_open(): files, null, redirect, streams of PHP, and specifications by reference', async () => {
		const code = `file_put_contents("in.txt", "from a file");
			$spec = [["file", "in.txt", "r"], ["file", "out.txt", "w"], ["redirect", 1]];
			foreach ($spec as &$element); unset($element); foreach ($spec as &$element);
			$first = proc_close(proc_open(["node", "-e", $in], $spec, $none));
			$stream = fopen("stream.txt", "w+");
			$second = proc_close(proc_open(["node", "-e", $in], [["null"], $stream, ["null"]], $none));
			$third = proc_open(["node", "-e", $in], [["file", "in.txt", "r"], ["pipe", "w"], ["redirect", 1]], $pipes);
			return [$first, file_get_contents("out.txt"), $none, $second, file_get_contents("stream.txt"), stream_get_contents($pipes[1])];`;
		const script =
			"process.stdout.write('out ' + require('fs').readFileSync(0, 'utf8')); require('fs').writeSync(2, ' err');";
		expect(await value(code, script)).toEqual([0, 'out from a file err', [], 0, 'out ', 'out from a file err']);
	});

	test('proc_open() with a socket: both directions by one descriptor', async () => {
		const code = `$p = proc_open(["cat"], [["socket"], ["pipe", "w"]], $pipes); fwrite($pipes[0], "x"); fclose($pipes[0]);
			return [stream_get_contents($pipes[1]), proc_close($p)];`;
		expect(await value(code)).toEqual(['x', 0]);
	});

	test.each([
		['[["pty"]]', 'PTY (pseudoterminal) not supported on this system'],
		['[["nonsense"]]', 'nonsense is not a valid descriptor spec/mode'],
		['[1 => ["redirect", 7]]', 'Redirection target 7 not found'],
		['[9999999 => ["pipe", "r"]]', 'Descriptor 9999999 is out of range'],
		['[-1 => ["pipe", "r"]]', 'Descriptor -1 is out of range'],
		['[["file", "/nowhere/x", "r"]]', 'proc_open(/nowhere/x): Failed to open stream: No such file or directory'],
		['[fopen("php://memory", "r")]', 'Cannot represent a stream of type MEMORY as a File Descriptor'],
	])('proc_open() with %s: false and a warning', async (spec, warning) => {
		for (const role of ['classic', 'worker'] as const) {
			const { value, warnings } = await roles().run<unknown>(
				role,
				`$r = proc_open(["true"], ${spec}, $pipes); return [$r, exec("echo alive")];`,
			);
			expect(value).toEqual([false, 'alive']);
			expect(warnings.join()).toContain(warning);
		}
	});

	test.each([
		['proc_open(["true"], [["pipe"]], $p)', "ValueError: Missing mode parameter for 'pipe'"],
		['proc_open(["true"], [[]], $p)', 'ValueError: Missing handle qualifier'],
		['proc_open(["true"], [["file", "x"]], $p)', "ValueError: Missing mode parameter for 'file'"],
		['proc_open(["true"], [["redirect"]], $p)', 'ValueError: Missing redirection target'],
		[
			'proc_open(["true"], [["redirect", "1"]], $p)',
			'ValueError: Redirection target must be of type int, string given',
		],
		[
			'proc_open(["true"], ["x"], $p)',
			'ValueError: proc_open(): Argument #2 ($descriptor_spec) must only contain arrays and streams',
		],
		[
			'proc_open(["true"], ["x" => ["null"]], $p)',
			'ValueError: proc_open(): Argument #2 ($descriptor_spec) must be an integer indexed array',
		],
		['proc_open([""], [], $p)', 'ValueError: First element must contain a non-empty program name'],
		['proc_open(["a\\0b"], [], $p)', 'ValueError: Command array element 1 contains a null byte'],
		['proc_open(["true", "a\\0b"], [], $p)', 'ValueError: Command array element 2 contains a null byte'],
		['exec("true\\0; false")', 'ValueError: exec(): Argument #1 ($command) must not contain any null bytes'],
		['popen("true", "x")', 'ValueError: popen(): Argument #2 ($mode) must be one of'],
		['proc_close(fopen(__FILE__, "r"))', 'TypeError: proc_close(): supplied resource is not a valid process resource'],
	])('%s throws', async (call, error) => expect(await value(`return ${call};`)).toContain(error));

	test('an object that changes the specification while it is read', async () => {
		const code = `class Changing { public $array; function __toString(): string { $this->array = null; gc_collect_cycles(); return "pipe"; } }
			$element = [new Changing, "w"]; $element[0]->array = &$element; $spec = [1 => &$element];
			$p = proc_open("echo x", $spec, $pipes); return stream_get_contents($pipes[1]);`;
		expect(await value(code)).toBe('x\n');
	});

	test('signals: proc_terminate(), and what proc_get_status() tells, once', async () => {
		const code = `$p = proc_open(["node", "-e", "setTimeout(() => {}, 1e6); console.log(1)"], [1 => ["pipe", "w"]], $pipes);
			fgets($pipes[1]); $sent = proc_terminate($p);
			while (($status = proc_get_status($p))["running"]) usleep(1000);
			unset($status["command"], $status["pid"], $status["cached"]);
			return [$sent, $status, proc_get_status($p)["running"], proc_terminate($p), proc_close($p)];`;
		expect(await value(code)).toEqual([
			true,
			{ running: false, signaled: true, stopped: false, exitcode: -1, termsig: 15, stopsig: 0 },
			false,
			false,
			-1,
		]);
	});

	test('the exit status after proc_get_status(): kept since PHP 8.3', async () => {
		const code = `$p = proc_open("node -e 'process.exit(4)'", [], $pipes);
			while (($first = proc_get_status($p))["running"]) usleep(1000);
			return [$first["exitcode"], proc_get_status($p)["exitcode"], $first["cached"] ?? null, proc_close($p)];`;
		expect(await value(code)).toEqual(php === '8.2' ? [4, -1, null, -1] : [4, 4, true, 4]);
	});

	test('stream_select() and non-blocking pipes', async () => {
		const code = `$p = proc_open(["node", "-e", $in], [["pipe", "r"], ["pipe", "w"]], $pipes);
			stream_set_blocking($pipes[1], false); $early = fread($pipes[1], 100);
			$read = [$pipes[1]]; $write = $except = null; $timeout = stream_select($read, $write, $except, 0, 1000);
			fwrite($pipes[0], "go\\n"); $read = [$pipes[1]]; $ready = stream_select($read, $write, $except, 20);
			return [$early, $timeout, $ready, fread($pipes[1], 100), stream_get_meta_data($pipes[1])["stream_type"]];`;
		const script = "process.stdin.once('data', () => { process.stdout.write('answer'); process.stdin.destroy(); })";
		expect(await value(code, script)).toEqual(['', 0, 1, 'answer', 'STDIO']);
	});

	test('the environment is what PHP passes, the PATH is the server’s', async () => {
		const code = `putenv("FROM_PHP=a b"); $_ENV["NOT_THIS"] = 1; $own = json_decode(exec($in), true);
			$p = proc_open($in, [1 => ["pipe", "w"]], $pipes, null, ["ONLY" => "this", "LD_PRELOAD" => "/x.so", "NODE_OPTIONS" => "--require=/x", "PATH" => "/evil"]);
			$given = json_decode(stream_get_contents($pipes[1]), true);
			return [$own, $given];`;
		const command = `node -p 'JSON.stringify(process.env)'`;
		const [own, given] = await value<[Record<string, string>, Record<string, string>]>(code, command);
		expect(own).toMatchObject({ FROM_PHP: 'a b', PATH: expect.stringContaining('/') });
		expect(Object.keys(own).sort()).toEqual(['FROM_PHP', 'PATH']);
		expect(given).toEqual({ ONLY: 'this', PATH: own.PATH });
		expect(own.PATH).not.toContain(roles().files.folder);
	});

	test('the folder: the script’s, or the one that is named, if PHP sees it', async () => {
		const code = `@mkdir("inside"); $cwd = fn ($folder) => ($p = proc_open($in, [1 => ["pipe", "w"]], $pipes, $folder)) ? stream_get_contents($pipes[1]) : false;
			return [exec($in), $cwd("inside"), $cwd("/etc"), $cwd("missing"), $cwd("../.."), exec("cd inside && $in")];`;
		const { value, warnings } = await roles().run<unknown[]>('classic', code, "node -p 'process.cwd()'");
		const folder = realpathSync(roles().files.folder);
		expect(value).toEqual([folder, `${folder}/inside\n`, false, false, false, `${folder}/inside`]);
		expect(warnings[0]).toContain('the working directory /etc is no folder that PHP sees');
	});

	test('what PHP keeps in its temporary folder has the same name for programs', async () => {
		expect(
			await value('$f = tempnam(sys_get_temp_dir(), "x"); file_put_contents($f, "temp"); return exec("cat $f");'),
		).toBe('temp');
	});

	test('programs that cannot be run: the statuses of sh', async () => {
		roles().files.write('plain.txt', 'no program');
		const code = `$result = []; foreach ($in as $line) { $out = exec("$line 2>&1", $lines, $status); $result[] = $status; } return $result;`;
		expect(await value(code, ['missing-program', 'true', 'false'])).toEqual([127, 0, 1]);
		const { value: array, warnings } = await roles().run(
			'classic',
			'return proc_open(["missing-program"], [], $pipes);',
		);
		expect(array).toBe(false);
		expect(warnings).toEqual(['proc_open(): posix_spawn() failed: No such file or directory']);
	});

	test('arguments beyond what the system takes: false and a warning', async () => {
		const code = 'return [proc_open(["echo", str_repeat("x", 4000000)], [], $p), exec("echo still here")];';
		const { value, warnings } = await roles().run('classic', code);
		expect(value).toEqual([false, 'still here']);
		expect(warnings[0]).toContain('Argument list too long');
	});

	test('bytes that are no UTF-8: false and a warning', async () => {
		const { value, warnings } = await roles().run('classic', 'return exec("echo \\xff");');
		expect(value).toBe(false);
		expect(warnings[0]).toContain('not UTF-8');
	});

	test('100 MB through a pipe, both ways: memory does not grow', async () => {
		const code = `$p = proc_open(["cat"], [["pipe", "r"], ["pipe", "w"]], $pipes);
			stream_set_blocking($pipes[0], false); stream_set_blocking($pipes[1], false);
			$block = str_repeat("0123456789abcdef", 4096); $left = 100 << 20; $got = 0;
			while (!feof($pipes[1])) {
				$read = [$pipes[1]]; $write = $left > 0 ? [$pipes[0]] : null; $except = null;
				stream_select($read, $write, $except, 10);
				if ($write) { $left -= fwrite($pipes[0], $left < strlen($block) ? substr($block, 0, $left) : $block); if ($left <= 0) fclose($pipes[0]); }
				if ($read) $got += strlen(fread($pipes[1], 65536));
			}
			return [$got, proc_close($p), memory_get_peak_usage() < 16 << 20];`;
		expect(await value(code)).toEqual([100 << 20, 0, true]);
	});

	test('a blocking write waits for a program that reads slowly, and a write to one that has gone fails', async () => {
		const code = `$p = proc_open(["node", "-e", $in], [["pipe", "r"], ["pipe", "w"]], $pipes);
			$sent = fwrite($pipes[0], str_repeat("x", 8 << 20)); fclose($pipes[0]); $count = stream_get_contents($pipes[1]);
			$gone = popen("true", "w"); usleep(1000); $r = true;
			for ($i = 0; $i < 500 && $r !== false; $i++) { usleep(1000); $r = @fwrite($gone, "x"); @fflush($gone); }
			return [$sent, $count, $r];`;
		const script = `let n = 0; process.stdin.on('data', (d) => { n += d.length; process.stdin.pause(); setTimeout(() => process.stdin.resume(), 2); });
			process.stdin.on('end', () => process.stdout.write(String(n)));`;
		expect(await value(code, script)).toEqual([8 << 20, String(8 << 20), false]);
	});

	test('programs one after another: no descriptor stays open', async () => {
		// A start copies the page tables of the whole server: a thousand of them take their time.
		const count = php === '8.4' ? 1000 : 50;
		const code = `set_time_limit(0); for ($i = 0; $i < ${count}; $i++) { if ($i % 2) exec("true"); else proc_close(proc_open(["true"], [["pipe", "r"], ["pipe", "w"]], $pipes)); }
			$f = fopen(__FILE__, "r"); return [is_resource($f), exec("echo last")];`;
		expect(await value(code)).toEqual([true, 'last']);
	}, 300_000);
});
