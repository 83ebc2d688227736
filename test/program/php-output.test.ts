import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runProgram } from './support/command-line.ts';
import { BIN, cleanUp, writeApp } from './support/igor.ts';

afterEach(cleanUp);

const MEGABYTE = 1024 * 1024;
/** A `sh` command line that runs this script. */
const igor = (script: string): string => `${JSON.stringify(process.execPath)} ${JSON.stringify(BIN)} php-cli ${script}`;
const shell = (line: string, script: string) =>
	runProgram('sh', ['-c', line], { cwd: writeApp({ 'script.php': script }) });

test('PHP waits for a slow reader, who gets every byte', async () => {
	const all = 40;
	const script = `<?php for ($i = 0; $i < ${all}; $i++) { echo str_repeat(chr(65 + $i), ${MEGABYTE}); fwrite(STDERR, '.'); }`;
	const cwd = writeApp({ 'script.php': script });
	const child = spawn(process.execPath, [BIN, 'php-cli', 'script.php'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	const exit = once(child, 'exit');
	let written = 0;
	child.stderr.on('data', (marks: Buffer) => {
		written += marks.length;
	});
	let read = 0;
	for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
		const before = Math.floor(read / MEGABYTE);
		expect(chunk[0]).toBe(65 + before);
		read += chunk.length;
		const done = Math.floor(read / MEGABYTE);
		if (done === before) continue;
		// PHP gets this far, and no further: what it is about to write, and what the system holds, is less than two.
		await eventually(`${done} MB`, () => written >= done);
		expect(written).toBeLessThanOrEqual(done + 2);
	}
	expect(read).toBe(all * MEGABYTE);
	expect(await exit).toEqual([0, null]);
});

test('a reader that leaves ends the script, as in PHP', async () => {
	const { out, err } = await shell(
		`{ ${igor('script.php')}; echo "status $?" >&2; } | head -n 1`,
		'<?php while (true) echo "line\\n";',
	);
	expect(out).toBe('line\n');
	expect(err).toBe('status 255\n');
});

test('a script that writes to STDOUT itself is told, and goes on', async () => {
	const { err } = await shell(
		`${igor('script.php')} | head -n 1`,
		`<?php
		do $written = @fwrite(STDOUT, "line\\n"); while ($written);
		fwrite(STDERR, json_encode([$written, error_get_last()['message']]));`,
	);
	expect(JSON.parse(err)).toEqual([false, 'fwrite(): Write of 5 bytes failed with errno=64 Broken pipe']);
});

test('what goes to stdout, stderr and the log has its order on one pipe', async () => {
	const script = `<?php
		for ($i = 0; $i < 3; $i++) {
			echo "echo $i\\n";
			fwrite(STDERR, "stderr $i\\n");
			fwrite(STDOUT, "stdout $i\\n");
			frankenphp_log("log $i");
			error_log("error_log $i");
		}`;
	const { out } = await shell(`${igor('script.php')} 2>&1`, script);
	expect(out.replaceAll(/^\[.*?\] /gm, '').split('\n')).toEqual([
		...[0, 1, 2].flatMap((i) => [`echo ${i}`, `stderr ${i}`, `stdout ${i}`, `log ${i}`, `error_log ${i}`]),
		'',
	]);
});

test('without a stdout, a script still runs', async () => {
	const { status, err } = await shell(`${igor('script.php')} >&-`, '<?php fwrite(STDERR, "here"); exit(3);');
	expect({ status, err }).toEqual({ status: 3, err: 'here' });
});
