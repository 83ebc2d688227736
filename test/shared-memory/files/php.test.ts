import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { platform } from '../../support/node/platform.ts';
import { SharedApplication } from './support/shared-application.ts';

const THREADS = 3;
/** Each thread gets one of the requests: none goes on before all of them have come. */
const WAIT_FOR_ALL = `
	touch("/tmp/round-$_GET[round]-$_GET[i]");
	while (count(glob("/tmp/round-$_GET[round]-*")) < ${THREADS}) usleep(500);
`;

describe.each(platform.phpVersions)('PHP %s', (php) => {
	let app: SharedApplication;

	beforeAll(async () => {
		app = await SharedApplication.start(
			{ 'lib.php': "<?php return 'from lib';" },
			{
				php,
				threads: THREADS,
				phpIni: { 'opcache.revalidate_freq': '0' },
			},
		);
	});

	afterAll(() => app?.[Symbol.asyncDispose]());

	const text = (path: string): string => new TextDecoder().decode(app.files.read(path));

	/** Runs the same script several times at once, on all threads. */
	function together(script: string, times: number): Promise<string[]> {
		return Promise.all(Array.from({ length: times }, (_, i) => app.run(script, { i })));
	}

	let round = 0;
	/** Runs a script that begins with WAIT_FOR_ALL once on each thread. */
	function onEachThread(script: string): Promise<string[]> {
		round++;
		return Promise.all(Array.from({ length: THREADS }, (_, i) => app.run(script, { i, round })));
	}

	describe('files', () => {
		test('a script is included, and files are written and read', async () => {
			expect(
				await app.php(`
				$lib = require '/app/lib.php';
				mkdir('/tmp/first');
				$written = file_put_contents('/tmp/first/a.txt', 'hello');
				return [$lib, $written, file_get_contents('/tmp/first/a.txt'), scandir('/tmp/first')];
			`),
			).toEqual(['from lib', 5, 'hello', ['.', '..', 'a.txt']]);
			expect(text('/tmp/first/a.txt')).toBe('hello');
		});

		test('every mode of fopen() does what the manual says', async () => {
			app.files.write('/tmp/modes.txt', 'abcdef');
			expect(
				await app.php(`
				$f = '/tmp/modes.txt';
				$out = [];
				$h = fopen($f, 'r'); $out['r'] = fread($h, 3) . ftell($h); $out['r cannot write'] = @fwrite($h, 'x'); fclose($h);
				$h = fopen($f, 'r+'); fwrite($h, 'AB'); rewind($h); $out['r+'] = stream_get_contents($h); fclose($h);
				$h = fopen($f, 'a+'); fwrite($h, 'gh'); rewind($h); $out['a+'] = stream_get_contents($h); fclose($h);
				$h = fopen($f, 'c+'); fseek($h, -1, SEEK_END); fwrite($h, '!'); rewind($h); $out['c+'] = stream_get_contents($h); fclose($h);
				$h = fopen($f, 'w+'); $out['w+ empties'] = filesize($f); fwrite($h, 'new'); fseek($h, 1); $out['w+'] = fread($h, 9); fclose($h);
				$out['x on an old file'] = @fopen($f, 'x');
				$h = fopen("$f.x", 'x'); $out['x'] = fwrite($h, 'x'); fclose($h);
				$out['r of nothing'] = @fopen("$f.none", 'r');
				$h = fopen($f, 'r+'); fseek($h, 5); fwrite($h, 'z'); ftruncate($h, 8); fclose($h); $out['gaps'] = bin2hex(file_get_contents($f));
				return $out;
			`),
			).toEqual({
				r: 'abc3',
				'r cannot write': false,
				'r+': 'ABcdef',
				'a+': 'ABcdefgh',
				'c+': 'ABcdefg!',
				'w+ empties': 0,
				'w+': 'ew',
				'x on an old file': false,
				x: 1,
				'r of nothing': false,
				gaps: '6e6577000' + '07a0000',
			});
		});

		test('large files, copies and bytes of every value', async () => {
			expect(
				await app.php(`
				$all = '';
				for ($i = 0; $i < 256; $i++) $all .= chr($i);
				$large = str_repeat($all, 8000);
				file_put_contents('/tmp/large', $large);
				copy('/tmp/large', '/tmp/copy');
				$h = fopen('/tmp/large', 'r');
				fseek($h, 1234567);
				$piece = fread($h, 5000);
				return [
					filesize('/tmp/copy'), md5_file('/tmp/copy') === md5($large), $piece === substr($large, 1234567, strlen($piece)), strlen($piece) > 0,
				];
			`),
			).toEqual([2_048_000, true, true, true]);
			expect(app.files.read('/tmp/copy')?.slice(255, 258)).toEqual(new Uint8Array([255, 0, 1]));
		});

		test('a removed file is readable while it is open, and its space is free afterwards', async () => {
			const before = app.files.space().free;
			expect(
				await app.php(`
				file_put_contents('/tmp/gone', str_repeat('x', 1000000));
				$h = fopen('/tmp/gone', 'r');
				unlink('/tmp/gone');
				return [file_exists('/tmp/gone'), fread($h, 3), fstat($h)['size']];
			`),
			).toEqual([false, 'xxx', 1_000_000]);
			await app.php('return 0;');
			expect(before - app.files.space().free).toBeLessThan(50_000);
		});

		test('a full disk is an error that PHP reports, and what is removed can be used again', async () => {
			expect(
				await app.php(`
					mkdir('/tmp/fill');
					$piece = str_repeat('x', 1 << 20);
					for ($n = 0; @file_put_contents("/tmp/fill/$n", $piece) === 1 << 20; $n++);
					$error = error_get_last()['message'];
					$left = file_get_contents("/tmp/fill/0") === $piece;
					array_map(unlink(...), glob('/tmp/fill/*'));
					return [$n > 40, $error, $left, file_put_contents('/tmp/fill/again', $piece)];
				`),
			).toEqual([true, expect.stringContaining('No space left on device'), true, 1 << 20]);
		});

		test('a handle and its duplicate are one: closing one leaves the other open', async () => {
			expect(
				await app.php(`
				file_put_contents('/tmp/dup', 'abc');
				$h = fopen('php://temp', 'w');
				$one = fopen('/tmp/dup', 'r');
				$two = fopen('/tmp/dup', 'r');
				unlink('/tmp/dup');
				fclose($one);
				return fread($two, 9);
			`),
			).toBe('abc');
		});
	});

	describe('names', () => {
		test('folders: mkdir, rmdir, scandir, glob, iterators, opendir', async () => {
			expect(
				await app.php(`
				mkdir('/tmp/tree/a/b', 0777, true);
				foreach (['one.txt', 'two.txt', 'a/three.txt', 'a/b/four.php'] as $f) file_put_contents("/tmp/tree/$f", $f);
				$all = [];
				foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('/tmp/tree', FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::SELF_FIRST) as $p => $i) {
					$all[] = substr($p, 10) . ($i->isDir() ? '/' : ' ' . $i->getSize());
				}
				sort($all);
				$listed = [];
				$d = opendir('/tmp/tree'); while (($n = readdir($d)) !== false) $listed[] = $n;
				sort($listed);
				return [
					$all, $listed, glob('/tmp/tree/*.txt'), glob('/tmp/tree/*/*.txt'), is_dir('/tmp/tree/a'), is_file('/tmp/tree/a'),
					@rmdir('/tmp/tree/a'), @mkdir('/tmp/tree/a'), unlink('/tmp/tree/a/b/four.php'), rmdir('/tmp/tree/a/b'), file_exists('/tmp/tree/a/b'),
				];
			`),
			).toEqual([
				['a/', 'a/b/', 'a/b/four.php 12', 'a/three.txt 11', 'one.txt 7', 'two.txt 7'],
				['.', '..', 'a', 'one.txt', 'two.txt'],
				['/tmp/tree/one.txt', '/tmp/tree/two.txt'],
				['/tmp/tree/a/three.txt'],
				true,
				false,
				false,
				false,
				true,
				true,
				false,
			]);
		});

		test('rename: over a file, of a folder, from mount to mount, and what is refused', async () => {
			expect(
				await app.php(`
				file_put_contents('/tmp/old', 'new content'); file_put_contents('/tmp/target', 'former');
				$h = fopen('/tmp/target', 'r');
				$out = [rename('/tmp/old', '/tmp/target'), file_get_contents('/tmp/target'), file_exists('/tmp/old'), fread($h, 99)];
				mkdir('/tmp/dir/in', 0777, true); touch('/tmp/dir/in/f');
				$out[] = rename('/tmp/dir', '/tmp/moved'); $out[] = file_exists('/tmp/moved/in/f'); $out[] = file_exists('/tmp/dir');
				$out[] = @rename('/tmp/moved', '/tmp/moved/in/itself');
				$out[] = rename('/tmp/target', '/app/from-tmp'); $out[] = file_get_contents('/app/from-tmp'); $out[] = file_exists('/tmp/target');
				$out[] = @rename('/tmp/nothing', '/tmp/x');
				$out[] = rename('/app/from-tmp', '/app/from-tmp');
				return $out;
			`),
			).toEqual([
				true,
				'new content',
				false,
				'former',
				true,
				true,
				false,
				false,
				true,
				'new content',
				false,
				false,
				true,
			]);
		});

		test('symbolic links', async () => {
			expect(
				await app.php(`
				mkdir('/tmp/links'); file_put_contents('/tmp/links/real', 'content');
				symlink('real', '/tmp/links/relative'); symlink('/tmp/links', '/tmp/links/loop'); symlink('nowhere', '/tmp/links/dangling');
				file_put_contents('/tmp/links/relative', '!', FILE_APPEND);
				return [
					readlink('/tmp/links/relative'), is_link('/tmp/links/relative'), realpath('/tmp/links/loop/loop/relative'),
					file_get_contents('/tmp/links/loop/real'), file_exists('/tmp/links/dangling'), is_link('/tmp/links/dangling'),
					lstat('/tmp/links/relative')['size'], unlink('/tmp/links/relative'), file_get_contents('/tmp/links/real'),
				];
			`),
			).toEqual(['real', true, '/tmp/links/real', 'content!', false, true, 4, true, 'content!']);
			expect(app.files.look('/tmp/links/loop/real')?.realPath).toBe('/tmp/links/real');
		});

		test('names in any script, and long ones', async () => {
			const names = ['Ünïcödé 文件 🎉.txt', 'x'.repeat(200), 'a b\\c"d', '-'];
			expect(
				await app.php(`
				mkdir('/tmp/names');
				foreach (json_decode('${JSON.stringify(names).replaceAll('\\', '\\\\')}') as $name) file_put_contents("/tmp/names/$name", $name);
				$found = array_values(array_diff(scandir('/tmp/names'), ['.', '..']));
				foreach ($found as $name) if (file_get_contents("/tmp/names/$name") !== $name) return $name;
				return $found;
			`),
			).toEqual([...names].sort());
			expect(await app.php("return @file_put_contents('/tmp/names/' . str_repeat('y', 256), '');")).toBe(false);
		});

		test('tempnam() and tmpfile()', async () => {
			expect(
				await app.php(`
				$name = tempnam('/tmp', 'pre');
				$h = tmpfile(); fwrite($h, 'temporary'); rewind($h);
				return [str_starts_with($name, '/tmp/pre'), filesize($name), fread($h, 99), unlink($name)];
			`),
			).toEqual([true, 0, 'temporary', true]);
		});
	});

	describe('attributes', () => {
		test('touch(), filemtime(), chmod(), is_writable()', async () => {
			const before = Math.floor(Date.now() / 1000);
			const [touched, now, mode, writable, accessed] = await app.php<[number, number, number, boolean, number]>(`
			touch('/tmp/times', 1000000000, 1100000000);
			$touched = filemtime('/tmp/times'); $accessed = fileatime('/tmp/times');
			file_put_contents('/tmp/times', 'x'); clearstatcache();
			chmod('/tmp/times', 0640);
			return [$touched, filemtime('/tmp/times'), fileperms('/tmp/times'), is_writable('/tmp/times'), $accessed];
		`);
			expect([touched, accessed, mode, writable]).toEqual([1_000_000_000, 1_100_000_000, 0o100640, true]);
			expect(now).toBeGreaterThanOrEqual(before);
		});

		test('free and total space', async () => {
			const [free, total] = await app.php<[number, number]>(
				"return [disk_free_space('/tmp'), disk_total_space('/tmp')];",
			);
			expect(total).toBeGreaterThan(50_000_000);
			expect(free).toBeLessThan(total);
		});
	});

	describe('several threads', () => {
		test('what one thread does to a name, all others see at once, though they have looked at it before', async () => {
			app.files.write(
				'see.php',
				`<?php
			${WAIT_FOR_ALL}
			echo json_encode(is_file('/tmp/seen') ? filesize('/tmp/seen') : is_dir('/tmp/seen'));`,
			);
			const seen = async () => {
				const answers = await onEachThread('see.php');
				return [...new Set(answers.map((answer) => JSON.parse(answer) as unknown))];
			};
			expect(await seen()).toEqual([false]);
			for (const [code, what] of [
				["file_put_contents('/tmp/seen', 'four')", 4],
				["file_put_contents('/tmp/seen', 'five5')", 5],
				["unlink('/tmp/seen')", false],
				["mkdir('/tmp/seen')", true],
				["rename('/tmp/seen', '/tmp/unseen')", false],
				["file_put_contents('/tmp/other', 'x') && rename('/tmp/other', '/tmp/seen')", 1],
				["unlink('/tmp/seen') && rename('/tmp/unseen', '/tmp/seen')", true],
			] as const) {
				expect(await app.php(`return ${code} !== false;`)).toBe(true);
				expect(await seen()).toEqual([what]);
			}
			app.files.remove('/tmp/seen');
			app.files.write('/tmp/seen', 'by the page');
			expect(await seen()).toEqual([11]);
		});

		test('a file and a folder that another thread replaces by rename() are always there, for each call', async () => {
			app.files.write(
				'/app/replaces.php',
				`<?php
				$i = (int) $_GET['i'];
				set_error_handler(fn ($level, $message) => throw new ErrorException($message));
				if ($i === 0) {
					foreach (['a', 'b'] as $name) { mkdir("/tmp/swap/releases/$name", 0777, true); touch("/tmp/swap/releases/$name/in"); }
					symlink('releases/a', '/tmp/swap/current');
					file_put_contents('/tmp/swap/file', 'whole');
				}
				${WAIT_FOR_ALL}
				if ($i === 0) {
					for ($n = 0; count(glob('/tmp/swap/done-*')) < ${THREADS - 1}; $n++) {
						file_put_contents('/tmp/swap/file.new', 'whole');
						rename('/tmp/swap/file.new', '/tmp/swap/file');
						symlink('releases/' . ['a', 'b'][$n % 2], '/tmp/swap/current.new');
						rename('/tmp/swap/current.new', '/tmp/swap/current');
					}
					exit('ok');
				}
				$calls = [
					'open' => fn () => file_get_contents('/tmp/swap/file') === 'whole',
					'append' => fn () => fclose(fopen('/tmp/swap/file', 'a')),
					'stat' => fn () => is_file('/tmp/swap/file') && filesize('/tmp/swap/file') === 5,
					'chmod' => fn () => chmod('/tmp/swap/file', 0644),
					'touch' => fn () => touch('/tmp/swap/file'),
					'access' => fn () => is_readable('/tmp/swap/file'),
					'copy' => fn () => copy('/tmp/swap/file', "/tmp/swap/copy-$i"),
					'include' => fn () => (function () { ob_start(); include '/tmp/swap/file'; return ob_get_clean() === 'whole'; })(),
					'lstat' => fn () => is_link('/tmp/swap/current'),
					'readlink' => fn () => str_starts_with(readlink('/tmp/swap/current'), 'releases/'),
					'through the link' => fn () => file_get_contents('/tmp/swap/current/in') === '',
					'realpath' => fn () => is_string(realpath('/tmp/swap/current/in')),
					'list' => fn () => scandir('/tmp/swap/current') === ['.', '..', 'in'],
				];
				$failed = [];
				foreach ($calls as $call => $do) {
					for ($n = 0; $n < 400; $n++) {
						clearstatcache(true);
						try {
							if (!$do()) $failed[] = $call;
						} catch (Throwable $error) {
							$failed[] = $call . ': ' . $error->getMessage();
						}
					}
				}
				touch("/tmp/swap/done-$i");
				echo $failed ? implode("\n", array_unique($failed)) : 'ok';`,
			);
			expect(await onEachThread('replaces.php')).toEqual(Array(THREADS).fill('ok'));
		});

		test('a folder is listed while others add to it and remove from it', async () => {
			app.files.write('/tmp/churn/stays', '');
			app.files.write(
				'churn.php',
				`<?php
			if ($_GET['i'] % 3 === 0) {
				for ($n = 0; $n < 150; $n++) if (!in_array('stays', scandir('/tmp/churn') ?: [])) die('lost');
			} else {
				for ($n = 0; $n < 300; $n++) { touch("/tmp/churn/$_GET[i]-$n"); unlink("/tmp/churn/$_GET[i]-$n"); }
			}
			echo 'ok';`,
			);
			expect(await together('churn.php', 9)).toEqual(Array(9).fill('ok'));
		});

		test('lines that several threads append stay whole, and none is lost', async () => {
			app.files.write(
				'append.php',
				`<?php
			$h = fopen('/tmp/log', 'a');
			for ($n = 0; $n < 100; $n++) fwrite($h, str_repeat(chr(65 + $_GET['i']), 63) . "\\n");
			echo 'ok';
		`,
			);
			expect(await together('append.php', 9)).toEqual(Array(9).fill('ok'));
			const lines = text('/tmp/log').trimEnd().split('\n');
			expect(lines.length).toBe(900);
			expect(lines.filter((line) => !/^(.)\1{62}$/.test(line))).toEqual([]);
		});

		test.skipIf(!platform.hasFlock)('file_put_contents() with LOCK_EX and flock(): nobody loses a count', async () => {
			app.files.write(
				'count.php',
				`<?php
			for ($n = 0; $n < 20; $n++) {
				$h = fopen('/tmp/count', 'c+');
				flock($h, LOCK_EX);
				$value = (int) stream_get_contents($h);
				usleep(100);
				rewind($h);
				fwrite($h, (string) ($value + 1));
				fclose($h);
			}
			file_put_contents('/tmp/exclusive', "x", FILE_APPEND | LOCK_EX);
			echo 'ok';
		`,
			);
			expect(await together('count.php', 9)).toEqual(Array(9).fill('ok'));
			expect(text('/tmp/count')).toBe('180');
			expect(text('/tmp/exclusive')).toBe('xxxxxxxxx');
		});

		test('one of many creates a file exclusively', async () => {
			app.files.write(
				'exclusive.php',
				"<?php echo (int) (@fopen('/tmp/one-' . intdiv($_GET['i'], 6), 'x') !== false);",
			);
			const winners = (await together('exclusive.php', 30)).map(Number);
			expect(winners.reduce((sum, won) => sum + won, 0)).toBe(5);
		});

		test.skipIf(!platform.hasFlock)('sessions', async () => {
			app.files.write(
				'session.php',
				`<?php
			session_id('abcdef'); session_start(['use_cookies' => 0]);
			$before = $_SESSION['n'] ?? 0;
			usleep(500);
			echo $_SESSION['n'] = $before + 1;
		`,
			);
			const counts = (await together('session.php', 20)).map(Number).sort((a, b) => a - b);
			expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
			expect(app.files.list('/tmp').some((path) => path.endsWith('/sess_abcdef'))).toBe(true);
		});

		test.each(['delete', 'wal'])('an SQLite database that several threads write, journal_mode=%s', async (mode) => {
			const open = `$db = new PDO('sqlite:/tmp/${mode}.db', null, null, [PDO::ATTR_TIMEOUT => 20]);`;
			await app.php(`
				${open}
				$db->exec('CREATE TABLE t (n INTEGER)');
				return $db->query('PRAGMA journal_mode=${mode}')->fetchAll();
			`);
			app.files.write(
				`${mode}.php`,
				`<?php
			${open}
			for ($i = 0; $i < 10; $i++) $db->exec('INSERT INTO t VALUES (1)');
			echo $db->query('SELECT COUNT(*) FROM t')->fetchColumn();
		`,
			);
			const counts = (await together(`${mode}.php`, 15)).map(Number);
			expect(Math.max(...counts)).toBe(150);
			expect(await app.php(`${open} return $db->query('PRAGMA integrity_check')->fetchColumn();`)).toBe('ok');
		});
	});

	describe('code', () => {
		test('a file that another thread or the page has just written is required', async () => {
			app.files.write('version.php', "<?php return 'from the page';");
			expect(await app.php("return require '/app/version.php';")).toBe('from the page');
			expect(
				await app.php(`
				file_put_contents('/app/made.php', '<?php return "made by PHP";');
				return require '/app/made.php';
			`),
			).toBe('made by PHP');
			app.files.write('use.php', "<?php echo require '/app/made.php';");
			expect(new Set(await together('use.php', 6))).toEqual(new Set(['made by PHP']));
		});

		test('opcache keeps what has not changed, and notices what has', async () => {
			app.files.write('cached.php', "<?php return [opcache_is_script_cached(__FILE__), 'one'];");
			app.files.write('load.php', `<?php ${WAIT_FOR_ALL} echo json_encode(require '/app/cached.php');`);
			await app.php("return touch('/app/cached.php', time() - 100);");
			await onEachThread('load.php');
			expect(await onEachThread('load.php')).toEqual(Array(THREADS).fill('[true,"one"]'));
			app.files.write('cached.php', "<?php return 'two';");
			expect(await onEachThread('load.php')).toEqual(Array(THREADS).fill('"two"'));
		});
	});

	test('threads that are killed in the middle of their work leave the others undisturbed', async () => {
		app.files.write(
			'busy.php',
			`<?php
		touch('/tmp/busy-now');
		for ($n = 0; ; $n++) {
			file_put_contents('/tmp/busy/' . $n % 50, str_repeat('x', random_int(0, 9000)));
			@rename('/tmp/busy/' . $n % 7, '/tmp/busy/' . $n % 11);
			@unlink('/tmp/busy/' . random_int(0, 50));
		}`,
		);
		await app.php("return mkdir('/tmp/busy');");
		for (let round = 0; round < 6; round++) {
			app.files.remove('/tmp/busy-now');
			const lost = app.run('busy.php').then(
				() => 'ended',
				() => 'lost',
			);
			await eventually('the work to begin', () => app.files.look('/tmp/busy-now'));
			await app.endBusyThread();
			expect(await lost).toBe('lost');
			expect(
				await app.php(`
				foreach (scandir('/tmp/busy') as $n) if ($n[0] !== '.') {
					if (strlen(rtrim(file_get_contents("/tmp/busy/$n"), 'x')) > 0) return "$n is torn";
					unlink("/tmp/busy/$n");
				}
				return scandir('/tmp/busy');
			`),
			).toEqual(['.', '..']);
		}
	});
});
