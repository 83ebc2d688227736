import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useScripts } from '../../../php-thread/sockets/php-script.ts';
import { platform } from '../../../support/node/platform.ts';

describe.each(platform.phpVersions)('PHP %s', (php) => {
	const scripts = useScripts({ php });

	test("umask() starts as the server's, counts for files and folders, and ends with the request", async () => {
		const server = process.umask();
		const { run } = scripts();
		for (let request = 0; request < 2; request++) {
			const modes = await run(`
				$modes = [umask()];
				foreach ([022, 077, 0, 027] as $mask) {
					umask($mask);
					@unlink('made'); @rmdir('folder'); @mkdir('b');
					file_put_contents('made', 'x'); mkdir('folder');
					clearstatcache();
					$modes[] = [fileperms('made') & 07777, fileperms('folder') & 07777, umask()];
				}
				return $modes;`);
			expect(modes).toEqual([
				server,
				[0o644, 0o755, 0o22],
				[0o600, 0o700, 0o77],
				[0o666, 0o777, 0],
				[0o640, 0o750, 0o27],
			]);
		}
	});

	test('link() gives a file a second name: one inode, two links', async () => {
		expect(
			await scripts().run(`
				file_put_contents('one', 'text'); @unlink('two');
				$linked = link('one', 'two');
				return [$linked, fileinode('one') === fileinode('two'), stat('two')['nlink'], file_get_contents('two'), @link('one', 'two'), @link('nothing', 'three')];`),
		).toEqual([true, true, 2, 'text', false, false]);
		const { folder } = scripts().files;
		expect(statSync(join(folder, 'one')).ino).toBe(statSync(join(folder, 'two')).ino);
	});
});

describe('a folder of the host', () => {
	const scripts = useScripts({ threads: 2, network: { listen: ['unix:*'] } });
	const folder = () => scripts().files.folder;
	const path = (name: string) => join(folder(), name);

	test("has '.' and '..' once in every kind of listing", async () => {
		mkdirSync(path('list/sub'), { recursive: true });
		writeFileSync(path('list/1.txt'), '');
		writeFileSync(path('list/2.txt'), '');
		expect(
			await scripts().run(`
				$sorted = function (iterable $names) { $list = []; foreach ($names as $name) $list[] = (string) $name; sort($list); return implode(' ', $list); };
				$read = function ($handle) { while (($name = readdir($handle)) !== false) yield $name; };
				$handle = opendir('list');
				$first = $sorted($read($handle));
				rewinddir($handle);
				return [
					$sorted(scandir('list')), $first, $sorted($read($handle)), $sorted(new DirectoryIterator('list')),
					$sorted(array_map(fn ($entry) => $entry->getFilename(), iterator_to_array(new FilesystemIterator('list')))),
					$sorted(glob('list/*')), count(scandir('list/sub')), iterator_count(new FilesystemIterator('list/sub')),
				];`),
		).toEqual([
			'. .. 1.txt 2.txt sub',
			'. .. 1.txt 2.txt sub',
			'. .. 1.txt 2.txt sub',
			'. .. 1.txt 2.txt sub',
			'1.txt 2.txt sub',
			'list/1.txt list/2.txt list/sub',
			2,
			0,
		]);
	});

	test('is listed whole, also with 1,000 names of all lengths', async () => {
		mkdirSync(path('many'));
		const names = Array.from({ length: 1000 }, (_, i) => `${i}-${'n'.repeat(i % 250)}`);
		for (const name of names) writeFileSync(path(`many/${name}`), '');
		expect(await scripts().run(`return array_slice(scandir('many', SCANDIR_SORT_NONE), 0);`)).toHaveLength(1002);
		expect(
			await scripts().run(
				`return array_diff(scandir('many'), ['.', '..']) == $_GET['x'] ? 1 : array_values(array_diff(scandir('many'), ['.', '..']));`,
				{ x: '' },
			),
		).toEqual(names.toSorted());
	});

	test('tells what the host tells of its files', async () => {
		writeFileSync(path('told'), 'text');
		linkSync(path('told'), path('told-too'));
		const { dev, ino, nlink, size, mode, uid, gid, mtimeMs } = statSync(path('told'));
		expect(
			await scripts().run(`
				$of = fn ($s) => [$s['dev'], $s['ino'], $s['nlink'], $s['size'], $s['mode'], $s['uid'], $s['gid'], $s['mtime']];
				$file = fopen('told', 'r');
				return [$of(stat('told')), $of(lstat('told-too')), $of(fstat($file)), $of(stat('.'))[1]];`),
		).toEqual([
			...Array.from({ length: 3 }, () => [dev, ino, nlink, size, mode, uid, gid, Math.floor(mtimeMs / 1000)]),
			statSync(folder()).ino,
		]);
	});

	test("has no file 'f/', and no file below a file", async () => {
		writeFileSync(path('f'), 'x');
		expect(
			await scripts().run(
				`return [is_file('f/'), file_exists('f/'), is_file('f/.'), file_exists('f/x'), @file_get_contents('f/'), @unlink('f/'), @mkdir('f/x'), is_file('f')];`,
			),
		).toEqual([false, false, false, false, false, false, false, true]);
	});

	test('has files whose names are not UTF-8, or long, or odd', async () => {
		const long = 'l'.repeat(255);
		expect(
			await scripts().run(`
				$results = [];
				mkdir("odd\\xff");
				foreach (["odd\\xff/n\\xfe", 'ünï', '${long}', "new\\nline", ' ', '...', 'a\\\\b', '-'] as $name) {
					$results[] = file_put_contents($name, 'text') === 4 && file_get_contents($name) === 'text' && in_array(basename($name), scandir(dirname($name)), true) && rename($name, "$name-") === (strlen($name) < 255) && unlink(file_exists($name) ? $name : "$name-");
				}
				symlink("odd\\xff", 'to-odd'); $results[] = readlink('to-odd') === "odd\\xff"; unlink('to-odd');
				chdir("odd\\xff"); $results[] = getcwd() === __DIR__ . "/odd\\xff"; $results[] = file_put_contents('here', 'x'); $results[] = unlink('here');
				chdir('..'); rmdir("odd\\xff");
				return $results;`),
		).toEqual([...Array(10).fill(true), 1, true]);
	});

	test('refuses what no file system takes, with a reason', async () => {
		expect(
			await scripts().run(`
				$reason = function (callable $call) { $GLOBALS['warnings'] = []; try { $call(); } catch (Throwable $error) { return $error->getMessage(); } return preg_replace('/.*: /', '', $GLOBALS['warnings'][0] ?? ''); };
				return [
					$reason(fn () => fopen(str_repeat('n', 256), 'w')), $reason(fn () => mkdir(str_repeat('d/', 3000))),
					$reason(fn () => fopen("a\\0b", 'r')), $reason(fn () => rmdir('..')), $reason(fn () => rename('f', '.')),
					$reason(fn () => rmdir(__DIR__)), $reason(fn () => unlink(__DIR__)), $reason(fn () => fopen('/nowhere/x', 'w')),
					$reason(fn () => fopen('/new', 'w')), $reason(fn () => mkdir('/new')), $reason(fn () => fopen('f', 'x')),
				];`),
		).toEqual([
			'Filename too long',
			'Filename too long',
			expect.stringContaining('null bytes'),
			expect.stringMatching(/not empty|busy/),
			'Resource busy',
			'Resource busy',
			'Is a directory',
			'No such file or directory',
			'Read-only file system',
			'Read-only file system',
			'File exists',
		]);
	});

	test('does not hang PHP on a pipe, and shows what it is', async () => {
		execFileSync('mkfifo', [path('pipe')]);
		expect(
			await scripts().run(
				`return [filetype('pipe'), in_array('pipe', scandir('.')), @fopen('pipe', 'r'), @fopen('pipe', 'w'), @fopen('pipe', 'r+'), @file_get_contents('pipe'), unlink('pipe')];`,
			),
		).toEqual(['fifo', true, false, false, false, false, true]);
	});

	test('has open files that live on when they lose their names', async () => {
		expect(
			await scripts().run(`
				$file = fopen('open', 'w+'); fwrite($file, 'one'); rename('open', 'renamed'); fwrite($file, ' two'); unlink('renamed'); fwrite($file, ' three');
				rewind($file);
				return [stream_get_contents($file), fstat($file)['nlink'], file_exists('open'), file_exists('renamed')];`),
		).toEqual(['one two three', 0, false, false]);
	});

	test('renames as rename(2) does', async () => {
		for (const name of ['full/x', 'empty']) mkdirSync(path(name), { recursive: true });
		writeFileSync(path('plain'), 'x');
		expect(
			await scripts().run(
				`return [@rename('full', 'full/x/in'), @rename('empty', 'full'), rename('full', 'empty'), file_exists('full'), is_dir('empty/x'), @rename('plain', 'empty'), rename('/tmp', '/tmp') || true, file_put_contents('/tmp/upload', 'u'), rename('/tmp/upload', 'plain'), file_get_contents('plain')];`,
			),
		).toEqual([false, false, true, false, true, false, true, 1, true, 'u']);
	});

	test('may be replaced as a whole while PHP runs', async () => {
		const { run } = scripts();
		const moved = `${folder()}-moved`;
		expect(await run(`file_put_contents('kept', 'old'); return file_get_contents('kept');`)).toBe('old');
		renameSync(folder(), moved);
		mkdirSync(folder());
		for (const script of readdirSync(moved).filter((name) => name.endsWith('.php')))
			writeFileSync(path(script), readFileSync(join(moved, script)));
		writeFileSync(path('kept'), 'new');
		expect(
			await run(`clearstatcache(true); return [file_get_contents('kept'), file_put_contents('made', 'x')];`),
		).toEqual(['new', 1]);
		expect(existsSync(path('made'))).toBe(true);
		expect(existsSync(join(moved, 'made'))).toBe(false);
		rmSync(moved, { recursive: true });
	});

	test('keeps few folders open, however many PHP visits', async () => {
		const open = () => readdirSync('/proc/self/fd').length;
		await scripts().run(`for ($i = 0; $i < 20; $i++) { @mkdir("deep/$i/x", 0777, true); }`);
		const before = open();
		await scripts().run(
			`for ($i = 0; $i < 1000; $i++) { @mkdir("deep/$i/x/y", 0777, true); file_put_contents("deep/$i/x/y/f", 'x'); scandir("deep/$i"); }`,
		);
		expect(open() - before).toBeLessThan(300);
	});

	test.skipIf(process.getuid?.() === 0)('says what its permissions are', async () => {
		writeFileSync(path('shut'), 'x');
		chmodSync(path('shut'), 0o400);
		expect(
			await scripts().run(`return [is_readable('shut'), is_writable('shut'), @file_put_contents('shut', 'y')];`),
		).toEqual([true, false, false]);
	});

	test('shows sockets, which stay when they are closed and are where their names are', async () => {
		expect(
			await scripts().run(`
				$server = stream_socket_server('unix://' . __DIR__ . '/s', $errno, $error);
				$taken = @stream_socket_server('unix://' . __DIR__ . '/s', $errno, $error);
				$client = stream_socket_client('unix://' . __DIR__ . '/s');
				fwrite($client, "hello\\n");
				$heard = fgets(stream_socket_accept($server));
				symlink('s', 'to-s');
				$second = stream_socket_client('unix://' . __DIR__ . '/to-s');
				$names = array_values(preg_grep('/^\\.[^.]/', scandir('.')));
				fclose($server);
				return [$heard, $taken, (bool) $second, filetype('s'), $names, unlink('s')];`),
		).toEqual(['hello\n', false, true, 'socket', [], true]);
		const listening = createServer((peer) => peer.end('from the host\n'));
		await new Promise<void>((resolve) => listening.listen(path('host'), resolve));
		expect(await scripts().run(`return fgets(stream_socket_client('unix://' . __DIR__ . '/host'));`)).toBe(
			'from the host\n',
		);
		await new Promise((resolve) => listening.close(resolve));
	});

	test('makes what is uploaded readable by its owner alone, until it is moved', async () => {
		const { server } = scripts();
		writeFileSync(
			path('upload.php'),
			`<?php clearstatcache(); $before = fileperms($_FILES['f']['tmp_name']) & 0777; $moved = move_uploaded_file($_FILES['f']['tmp_name'], __DIR__ . '/moved'); clearstatcache(); echo json_encode([$before, $moved, fileperms(__DIR__ . '/moved') & 0777]);`,
		);
		const body = new FormData();
		body.append('f', new Blob(['text']), 'f.txt');
		const answer = await server.fetch('/upload.php', { method: 'POST', body });
		expect(await answer.json()).toEqual([0o600, true, 0o666 & ~process.umask()]);
		expect(lstatSync(path('moved')).size).toBe(4);
	});

	test('may be a link, or lie behind one that PHP cannot change', async () => {
		const { run } = scripts();
		symlinkSync('.', path('self'));
		expect(
			await run(
				`return [file_put_contents('self/self/through', 'x'), realpath('self/through') === __DIR__ . '/through', is_link('self'), is_dir('self/')];`,
			),
		).toEqual([1, true, true, true]);
	});
});
