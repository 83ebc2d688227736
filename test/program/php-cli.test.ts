import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { cleanUp, run, writeApp } from './support/igor.ts';

afterEach(cleanUp);

function runScript(script: string, ...args: string[]) {
	return run(['php-cli', 'script.php', ...args], writeApp({ 'script.php': script }));
}

describe('igor php-cli', () => {
	test('hands over arguments, outputs and the exit status', async () => {
		const script = `<?php
			echo json_encode(array_slice($argv, 1)), "\\n";
			fwrite(STDOUT, "to stdout\\n");
			fwrite(STDERR, "to stderr\\n");
			exit(3);`;
		expect(await runScript(script, 'one', '--two', '-x=3', '--help', '')).toEqual({
			status: 3,
			out: '["one","--two","-x=3","--help",""]\nto stdout\n',
			err: 'to stderr\n',
		});
	});

	test('0 is the status of a script that just ends', async () => {
		expect(await runScript('<?php echo "done";')).toEqual({ status: 0, out: 'done', err: '' });
	});

	test('an uncaught exception: 255, and the reason with file and line', async () => {
		const { status, out, err } = await runScript('<?php\nthrow new LogicException("on purpose");');
		expect(status).toBe(255);
		expect(out + err).toMatch(/Uncaught LogicException: on purpose in \S+script\.php:2/);
	});

	test('endless recursion in C: 255, and the reason', async () => {
		const { status, err } = await runScript('<?php function f($x) { return array_map("f", [$x]); } f(1);');
		expect(status).toBe(255);
		expect(err).toMatch(/PHP crashed: .*call stack/);
	});

	test('--network off: nothing is reached, and the warning says why', async () => {
		const script = '<?php echo stream_socket_client("tcp://127.0.0.1:6379") ? "connected" : "refused";';
		const { status, out, err } = await run(
			['php-cli', '--network', 'off', 'script.php'],
			writeApp({ 'script.php': script }),
		);
		expect(status).toBe(0);
		expect(out).toMatch(/refused$/);
		expect(out + err).toContain("not allowed by option 'network'");
	});

	test.each([
		['*:*', 'tcp://127.0.0.1:0'],
		['127.0.0.1:*', 'tcp://127.0.0.1:0'],
		['unix:*', 'unix://server.sock'],
	])('PHP as a program of PHP listens where its caller may: %s', async (rule, address) => {
		const script = `<?php
			$listen = fn() => is_resource(stream_socket_server('${address}'));
			if (isset($argv[1])) exit($listen() ? 'listens' : 'refused');
			echo passthru(PHP_BINARY . ' script.php again');`;
		const { out, err } = await run(
			['php-cli', '--network-listen', rule, '--allow-process', 'php', 'script.php'],
			writeApp({ 'script.php': script }),
		);
		expect(out + err).toBe('listens');
	});

	test('a program that gets stdout and stderr writes to those of the command line', async () => {
		const code = "sh -c 'for n in 1 2; do readlink /proc/self/fd/$n; readlink /proc/$PPID/fd/$n; done'";
		const script = `<?php proc_close(proc_open(${JSON.stringify(code).replaceAll('$', '\\$')}, [], $pipes));`;
		const { out } = await run(['php-cli', '--allow-process', '*', 'script.php'], writeApp({ 'script.php': script }));
		const [stdout, ofPhp, stderr, ofPhpToo] = out.trim().split('\n');
		expect([stdout, stderr]).toEqual([ofPhp, ofPhpToo]);
		expect(stdout).toMatch(/^(?:pipe|socket):/);
	});

	test('megabytes on stdout arrive whole', async () => {
		const { status, out } = await runScript('<?php for ($i = 0; $i < 100; $i++) echo str_repeat("o", 50_000), "\\n";');
		expect(status).toBe(0);
		expect(out === `${'o'.repeat(50_000)}\n`.repeat(100)).toBe(true);
	});

	test.each(['STDOUT', 'STDERR'])('%s carries bytes as they are: no newline added, none changed', async (stream) => {
		const { status, out, err } = await runScript(
			`<?php fwrite(${stream}, "a"); fwrite(${stream}, "\\x00\\u{e9}\\n\\n"); fwrite(${stream}, "b");`,
		);
		expect({ status, written: stream === 'STDOUT' ? out : err }).toEqual({ status: 0, written: 'a\0\u00e9\n\nb' });
	});

	test('nothing is lost of many small outputs', async () => {
		const { status, out } = await runScript('<?php for ($i = 1; $i <= 30_000; $i++) echo "line $i\\n";');
		expect(status).toBe(0);
		expect(out.slice(-30)).toMatch(/\nline 30000\n$/);
		expect(out.split('\n')).toHaveLength(30_001);
	});

	test('a missing script: one sentence, exit 1', async () => {
		const { status, out, err } = await run(['php-cli', 'nowhere.php'], writeApp({}));
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toMatch(/^igor: The script \S+\/nowhere\.php does not exist or cannot be read; name a PHP file\.\n$/);
	});
});

describe('igor version', () => {
	test('prints the version of the package, of PHP, of Node', async () => {
		const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
		expect(await run(['version'])).toEqual({
			status: 0,
			out: `igor ${version} (PHP ${PHP_VERSIONS.join(', ')}; Node.js ${process.versions.node})\n`,
			err: '',
		});
	});
});
