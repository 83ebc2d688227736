import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { cleanUp, Igor, writeApp } from '../../program/support/igor.ts';
import { eventually } from '../../support/eventually.ts';
import { processesWith } from './support/programs.ts';
import { type Roles, startRoles } from './support/roles.ts';

const open: Roles[] = [];
afterEach(async () => {
	for (const roles of open.splice(0)) {
		await roles.server.close();
		roles.files.discard();
	}
	await cleanUp();
});
async function start(options: Parameters<typeof startRoles>[0] = {}): Promise<Roles> {
	const roles = await startRoles({
		phpIni: { display_errors: '0' },
		processes: { allow: ['node', 'true', 'sh'] },
		...options,
	});
	open.push(roles);
	return roles;
}

/** Seconds; who reads a sidekick that is stopped in the moment of its publication starts it again, and waits. */
const PATIENCE = 5;
let marks = 0;
/** A program that does not end by itself; `mark` is in its command line, and it says when it runs. */
function endless(extra = ''): { mark: string; script: string } {
	const mark = `igor-test-${process.pid}-${++marks}`;
	return { mark, script: `${extra}; require('fs').writeFileSync('${mark}', ''); setInterval(() => {}, 1e6)` };
}
const running = (roles: Roles, mark: string) =>
	eventually('the program runs', () => (roles.files.read(mark) === undefined ? undefined : true));
/** Not there, not even as a zombie. */
const gone = (mark: string) =>
	eventually('the program is gone', () => (processesWith(mark).length === 0 ? true : undefined));
const zombies = () => processesWith('<defunct>').filter((line) => / Z/.test(line)).length;

/** Ways to wait for a program that never ends, as PHP code; `$in` is its script. */
const WAITS = {
	exec: 'exec("node -e " . escapeshellarg($in));',
	'exec by sh': 'exec("node -e " . escapeshellarg($in) . " 2>&1; true");',
	pclose: 'pclose(popen("node -e " . escapeshellarg($in), "w"));',
	proc_close: '$p = proc_open(["node", "-e", $in], [], $none); proc_close($p);',
	fgets: '$p = proc_open(["node", "-e", $in], [1 => ["pipe", "w"]], $pipes); fgets($pipes[1]);',
	stream_select:
		'$p = proc_open(["node", "-e", $in], [1 => ["pipe", "w"]], $pipes); $r = [$pipes[1]]; $w = $e = null; stream_select($r, $w, $e, null); proc_close($p);',
	fwrite: '$p = proc_open(["node", "-e", $in], [["pipe", "r"]], $pipes); fwrite($pipes[0], str_repeat("x", 10 << 20));',
};

describe('a thread that has to stop', { timeout: 90_000 }, () => {
	test.each(Object.entries(WAITS))('%s: the wait ends, and the program with it', async (name, code) => {
		const roles = await start({ stopTimeout: 20_000 });
		const { mark, script } = endless();
		const waiting = roles
			.run('sidekick', `${code} file_put_contents(__DIR__ . "/last-word", $in); return 1;`, script, PATIENCE)
			.catch(() => {});
		await running(roles, mark);
		await Promise.all([roles.server.sidekicks.stop('case-1'), waiting]);
		await gone(mark);
		expect(roles.files.read('last-word'), name).toBe(script);
	});

	test('a program that ignores SIGTERM gets SIGKILL', async () => {
		const roles = await start({ stopTimeout: 20_000 });
		const { mark, script } = endless("process.on('SIGTERM', () => {})");
		const waiting = roles
			.run(
				'sidekick',
				`${WAITS.proc_close} file_put_contents(__DIR__ . "/last-word", "said"); return 1;`,
				script,
				PATIENCE,
			)
			.catch(() => {});
		await running(roles, mark);
		await Promise.all([roles.server.sidekicks.stop('case-1'), waiting]);
		await gone(mark);
		expect(roles.files.read('last-word')).toBe('said');
	});
});

/** The time limit begins when the program has begun: on a busy machine a second may be too short for both. */
const ONCE_IT_RUNS =
	'$p = proc_open(["node", "-e", $in], [], $pipes); while (!file_exists(__DIR__ . "/limit")) usleep(1000);';

describe('a thread that is killed', { timeout: 90_000 }, () => {
	test('by max_execution_time: its programs end, and leave no zombie', async () => {
		const roles = await start();
		const before = zombies();
		const { mark, script } = endless();
		const failed = roles
			.run('classic', `${ONCE_IT_RUNS} set_time_limit(1); while (true);`, script)
			.catch((error) => error);
		await running(roles, mark);
		roles.files.write('limit', '');
		expect(String(await failed)).toContain('500');
		await gone(mark);
		await eventually('no zombie', () => (zombies() <= before ? true : undefined));
		expect((await roles.run('classic', 'return exec("node -p 1");')).value).toBe('1');
	});
});

describe('a server that ends', () => {
	test('close(): no program is left, not even what a program has started', async () => {
		const roles = await start();
		const { mark, script } = endless();
		const line = `node -e ${JSON.stringify(script)} & wait`;
		await roles.run('classic', '$GLOBALS["kept"] = proc_open(["sh", "-c", $in], [], $pipes); return 1;', line);
		await running(roles, mark);
		await roles.server.close();
		await gone(mark);
	});

	test.each(['SIGTERM', 'SIGINT'] as const)('igor php-server, %s twice: no program is left', async (signal) => {
		const mark = `igor-test-${process.pid}-${++marks}`;
		const folder = writeApp({
			'index.php': `<?php exec('node -e "require(\\'fs\\').writeFileSync(\\'${mark}\\', \\'\\'); setInterval(() => {}, 1e6)"');`,
		});
		const igor = new Igor(['php-server', '--listen', '127.0.0.1:0', '--allow-process', 'node'], folder);
		const url = await igor.ready();
		void fetch(url).catch(() => {});
		await eventually('the program runs', () => (existsSync(`${folder}/${mark}`) ? true : undefined));
		igor.signal(signal);
		igor.signal(signal);
		await igor.exit;
		await gone(mark);
	}, 60_000);

	test('php-cli that is told to end: so is its program', async () => {
		const mark = `igor-test-${process.pid}-${++marks}`;
		const folder = writeApp({
			'script.php': `<?php exec('node -e "require(\\'fs\\').writeFileSync(\\'${mark}\\', \\'\\'); setInterval(() => {}, 1e6)"');`,
		});
		const igor = new Igor(['php-cli', '--allow-process', 'node', 'script.php'], folder);
		await eventually('the program runs', () => (existsSync(`${folder}/${mark}`) ? true : undefined));
		igor.signal('SIGTERM');
		expect(await igor.exit).toBe('SIGTERM');
		await gone(mark);
	}, 60_000);

	test('php-cli: what its script has left running ends with it', async () => {
		const mark = `igor-test-${process.pid}-${++marks}`;
		const folder = writeApp({
			'script.php': `<?php $p = proc_open(['node', '-e', 'require("fs").writeFileSync("${mark}", ""); setInterval(() => {}, 1e6)'], [], $pipes);
				while (!file_exists('${mark}')) usleep(1000); echo 'done';`,
		});
		const igor = new Igor(['php-cli', '--allow-process', 'node', 'script.php'], folder);
		expect(await igor.exit).toBe(0);
		expect(igor.stdout).toBe('done');
		await gone(mark);
	}, 60_000);
});

describe('mail()', () => {
	test.each(PHP_VERSIONS)('PHP %s: goes to the program of sendmail_path, if it is allowed', async (php) => {
		const folder = writeApp({
			'sendmail.js':
				"require('fs').writeFileSync(process.argv[2], require('fs').readFileSync(0)); process.exit(Number(process.argv[3]))",
		});
		const roles = await start({
			php,
			phpIni: { html_errors: '0', sendmail_path: `node ${folder}/sendmail.js ${folder}/sent 0` },
		});
		const text = 'x'.repeat(200_000);
		const code = `return [mail('a@example.org', 'Subject', $in), mail('b@example.org', 'Other', 'text', ['From' => 'c@example.org'])];`;
		const { value, warnings } = await roles.run('worker', code, text);
		expect({ value, warnings }).toEqual({ value: [true, true], warnings: [] });
		expect(readFileSync(`${folder}/sent`, 'utf8')).toMatch(
			/^To: b@example.org\r?\nSubject: Other\r?\n[\s\S]*From: c@example.org\r?\n\r?\ntext/,
		);
		await roles.run('classic', `return mail('a@example.org', 'Subject', $in);`, text);
		expect(readFileSync(`${folder}/sent`, 'utf8')).toContain(text);
		const failing = await start({ php, phpIni: { sendmail_path: `node ${folder}/sendmail.js ${folder}/sent 67` } });
		expect((await failing.run('classic', `return @mail('a@example.org', 's', 't');`)).value).toBe(false);
	});

	test('with a program that is not allowed: false, and the warning says which option would', async () => {
		const roles = await start({
			phpIni: { html_errors: '0', sendmail_path: '/usr/sbin/sendmail -t' },
			processes: { allow: ['node'] },
		});
		const { value, warnings } = await roles.run('classic', `return mail('a@example.org', 's', 't');`);
		expect(value).toBe(false);
		expect(warnings.at(-1)).toContain('mail(): "/usr/sbin/sendmail -t" was not run: PHP may run only node here.');
	});
});
