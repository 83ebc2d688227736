import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toByteString } from '../../src/bytes/byte-string.ts';
import { decideReadOnly } from '../../src/platform/node/files/decide-read-only.ts';
import { HiddenPaths } from '../../src/platform/node/files/hidden-paths.ts';
import type { HostFolder } from '../../src/platform/node/files/host-folders.ts';
import { NodeHostFiles } from '../../src/platform/node/files/node-host-files.ts';
import { guardFolders } from '../../src/platform/node/files/read-only-folders.ts';
import { phpCli } from '../program/support/command-line.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';

// A folder that is shown read-only: PHP changes nothing in it, whichever way it takes there.

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;

let root: string;
let app: string;
let library: string;

beforeEach(() => {
	root = realpathSync(mkdtempSync(join(tmpdir(), 'igor-read-only-')));
	app = join(root, 'app');
	library = join(app, 'deep/library');
	mkdirSync(join(library, 'sub'), { recursive: true });
	mkdirSync(join(library, 'empty'));
	mkdirSync(join(library, 'var'));
	writeFileSync(join(library, 'sub/code.php'), '<?php return 1;');
	writeFileSync(join(app, 'mine.txt'), 'mine');
	symlinkSync(library, join(app, 'link'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
afterAll(() => cleanUp());

/** Everything in a folder: names, contents, permissions, times, other names. */
function state(folder: string): unknown[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.sort()
		.map((name) => {
			const { mode, mtimeMs, nlink, uid } = statSync(join(folder, name));
			const isFile = statSync(join(folder, name)).isFile();
			return [name, mode, mtimeMs, nlink, uid, isFile && readFileSync(join(folder, name), 'latin1')];
		});
}

describe('the border', () => {
	let files: NodeHostFiles;
	beforeEach(() => {
		files = new NodeHostFiles({
			mounts: [
				{ host: app, visible: app },
				{ host: app, visible: '/alias' },
				{ host: library, visible: library, readOnly: true },
				{ host: library, visible: '/library', readOnly: true },
				{ host: join(library, 'var'), visible: '/library/var' },
			],
			memory: { readlink: () => undefined, exists: () => false },
			territory: [app],
			guarded: guardFolders([
				{ real: app, readOnly: false },
				{ real: library, readOnly: true },
				{ real: join(library, 'var'), readOnly: false },
			]),
			serverUmask: 0o022,
		});
	});
	afterEach(() => files.closeAll());

	/** By its own path, through the folder around it, through a link, and where it is shown elsewhere. */
	test.each([
		'APP/deep/library',
		'/alias/deep/library',
		'APP/link',
		'/alias/link',
		'/library',
		'/alias/../library',
	])('by %s', (way) => {
		const inside = way.replace('APP', app);
		const at = (name: string): string => `${inside}/${name}`;
		const before = state(library);
		const attempts: Record<string, () => unknown> = {
			write: () => files.open(at('sub/code.php'), O_RDWR, 0),
			truncate: () => files.open(at('sub/code.php'), O_TRUNC, 0),
			append: () => files.open(at('sub/code.php'), 1 | O_APPEND, 0),
			create: () => files.open(at('new'), O_CREAT, 0o666),
			mkdir: () => files.mkdir(at('new'), 0o777),
			unlink: () => files.unlink(at('sub/code.php')),
			rmdir: () => files.rmdir(at('empty')),
			'rename in it': () => files.rename(at('sub/code.php'), at('x')),
			'rename out of it': () => files.rename(at('sub/code.php'), join(app, 'x')),
			'rename into it': () => files.rename(join(app, 'mine.txt'), at('x')),
			'rename over it': () => files.rename(join(app, 'mine.txt'), at('sub/code.php')),
			symlink: () => files.symlink('x', at('new')),
			'a name for it elsewhere': () => files.link(at('sub/code.php'), join(app, 'second')),
			'a name in it': () => files.link(join(app, 'mine.txt'), at('second')),
			chmod: () => files.chmod(at('sub'), 0o777),
			chown: () => files.chown(at('sub'), process.getuid?.() ?? 0, -1, true),
			'chown of a name': () => files.chown(at('sub'), process.getuid?.() ?? 0, -1, false),
			utimes: () => files.utimes(at('sub'), 1, 1, true),
			'utimes of a name': () => files.utimes(at('sub'), 1, 1, false),
			socket: () => files.socketToBind(at('s')),
			'access for writing': () => files.access(at('sub/code.php'), 2),
		};
		for (const [name, attempt] of Object.entries(attempts)) {
			expect(attempt, name).toThrow(expect.objectContaining({ code: 'EROFS' }));
		}
		const open = files.open(at('sub/code.php'), 0, 0);
		expect(() => files.refuseToChangeOpen(open)).toThrow(expect.objectContaining({ code: 'EROFS' }));
		files.close(open.fd);
		expect(state(library)).toEqual(before);
		// The innermost folder decides.
		files.close(files.open('/library/var/log', O_RDWR | O_CREAT, 0o666).fd);
		expect(readdirSync(join(library, 'var'))).toEqual(['log']);
	});

	test('a folder in it that PHP may change stays where it is, and is no way to replace it', () => {
		const before = readdirSync(library);
		const entry = '/alias/deep/library/var';
		const attempts = {
			rename: () => files.rename(entry, '/alias/elsewhere'),
			rmdir: () => files.rmdir(entry),
			chown: () => files.chown(entry, process.getuid?.() ?? 0, -1, false),
		};
		for (const [name, attempt] of Object.entries(attempts)) {
			expect(attempt, name).toThrow(expect.objectContaining({ code: 'EROFS' }));
		}
		rmSync(join(library, 'var'), { recursive: true });
		expect(() => files.symlink('/alias', entry)).toThrow(expect.objectContaining({ code: 'EROFS' }));
		expect(() => files.open(entry, O_RDWR | O_CREAT, 0o666)).toThrow(expect.objectContaining({ code: 'EROFS' }));
		expect(readdirSync(library)).toEqual(before.filter((name) => name !== 'var'));
	});

	test('it is not moved, nor a folder around it: under another path it would be another folder', () => {
		for (const way of [app, '/alias']) {
			for (const name of ['deep', 'deep/library']) {
				const move = () => files.rename(`${way}/${name}`, `${way}/elsewhere`);
				expect(move, `${way}/${name}`).toThrow(
					expect.objectContaining({ code: expect.stringMatching(/^(EBUSY|EROFS)$/) }),
				);
			}
		}
		expect(existsSync(join(library, 'sub/code.php'))).toBe(true);
	});
});

describe('a read-only folder behind links', () => {
	/** app/current -> app/releases/one, read-only below `lib`; app itself PHP may change. */
	async function open(): Promise<NodeHostFiles> {
		for (const name of ['one', 'two']) mkdirSync(join(app, 'releases', name, 'lib'), { recursive: true });
		symlinkSync('releases/one', join(app, 'current'));
		const { folders, guarded, writable } = await decideReadOnly([
			{ host: app, visible: app },
			{ host: app, visible: '/alias', named: true },
			{ host: join(app, 'current/lib'), visible: '/lib', readOnly: true, named: true },
		]);
		return new NodeHostFiles({
			mounts: folders,
			memory: { readlink: () => undefined, exists: () => false },
			territory: writable,
			guarded,
			serverUmask: 0o022,
		});
	}

	test('PHP does not switch them', async () => {
		const files = await open();
		for (const way of [app, '/alias']) {
			const attempts = {
				unlink: () => files.unlink(`${way}/current`),
				rename: () => files.rename(`${way}/current`, `${way}/old`),
				'rename over it': () => files.rename(`${way}/link`, `${way}/current`),
				'rename of what it leads to': () => files.rename(`${way}/releases/one`, `${way}/releases/zero`),
				'rename of a folder around that': () => files.rename(`${way}/releases`, `${way}/elsewhere`),
			};
			for (const [name, attempt] of Object.entries(attempts)) {
				expect(attempt, name).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(EROFS|EBUSY)$/) }));
			}
		}
		expect(readlinkSync(join(app, 'current'))).toBe('releases/one');
		files.closeAll();
	});

	test('when the operator switches them, it is what they lead to that PHP does not change', async () => {
		const files = await open();
		const write = (release: string) => files.open(`/alias/releases/${release}/lib/new`, O_RDWR | O_CREAT, 0o666);
		files.close(write('two').fd);
		rmSync(join(app, 'current'));
		symlinkSync('releases/two', join(app, 'current'));
		expect(() => write('two')).toThrow(expect.objectContaining({ code: 'EROFS' }));
		expect(() => files.rename('/alias/releases/two', '/alias/releases/x')).toThrow(
			expect.objectContaining({ code: 'EBUSY' }),
		);
		files.closeAll();
	});
});

test('what the operator names read-only is so though PHP sees it anyway, and so is what lies in it', async () => {
	const sub = join(app, 'deep');
	const other = join(root, 'other');
	mkdirSync(other);
	symlinkSync(app, join(root, 'way'));
	const kinds = async (...named: HostFolder[]) => {
		const implied = [app, sub, other, join(root, 'way')].map((folder) => ({ host: folder, visible: folder }));
		const { folders, writable } = await decideReadOnly([...implied, ...named, { host: root, visible: '/tmp' }]);
		return [folders.map(({ visible, readOnly }) => `${visible.replace(root, '')} ${readOnly ? 'ro' : 'rw'}`), writable];
	};
	const name = (folder: string, readOnly: boolean) => ({ host: folder, visible: folder, readOnly, named: true });
	expect(await kinds(name(app, true))).toEqual([
		['/app/deep ro', '/other rw', '/way ro', '/app ro', '/tmp rw'],
		[other, root],
	]);
	expect(await kinds(name(app, true), name(sub, false))).toEqual([
		['/other rw', '/way ro', '/app ro', '/app/deep rw', '/tmp rw'],
		[other, sub, root],
	]);
	// Even the folder around PHP's own /tmp.
	expect(await kinds({ ...name(root, true), visible: '/all' })).toEqual([
		['/app ro', '/app/deep ro', '/other ro', '/way ro', '/all ro', '/tmp rw'],
		[root],
	]);
});

test('the current directory, named read-only; a script in a read-only folder around it', {
	timeout: 60_000,
}, async () => {
	const code = 'var_dump(@file_put_contents("new", "x"), @file_put_contents("/tmp/new", "x"));';
	for (const [mount, cwd] of [
		['.:ro', app],
		[`${app}:ro`, join(app, 'deep')],
	] as const) {
		const { out } = await phpCli(['--mount', mount, '-r', code], { cwd });
		expect(out).toBe('bool(false)\nint(1)\n');
		expect(existsSync(join(cwd, 'new'))).toBe(false);
	}
});

test('what PHP has to change files changes none of it', { timeout: 60_000 }, async () => {
	writeFileSync(
		join(app, 'attack.php'),
		`<?php
		error_reporting(0);
		$r = getcwd() . '/deep/library';
		$done = [];
		foreach (['r+', 'w', 'a', 'x', 'c', 'c+'] as $mode) $done["fopen $mode"] = fopen("$r/sub/code.php", $mode) || fopen("$r/new-$mode", $mode);
		$f = fopen("$r/sub/code.php", 'r');
		$done += [
			'fwrite' => (bool) fwrite($f, 'x'), 'ftruncate' => ftruncate($f, 0), 'put' => (bool) file_put_contents("$r/sub/code.php", 'x', FILE_APPEND),
			'unlink' => unlink("$r/sub/code.php"), 'rmdir' => rmdir("$r/empty"), 'mkdir' => mkdir("$r/a/b", 0777, true), 'touch' => touch("$r/sub/code.php"),
			'chmod' => chmod("$r/sub/code.php", 0777), 'chown' => chown("$r/sub/code.php", getmyuid()), 'lchown' => lchown("$r/sub/code.php", getmyuid()),
			'rename' => rename("$r/sub", "$r/other"), 'rename parent' => rename(dirname($r), dirname($r, 2) . '/moved'), 'copy' => copy(__FILE__, "$r/sub/code.php"),
			'symlink' => symlink('/tmp', "$r/new"), 'link' => link("$r/sub/code.php", getcwd() . '/second'), 'is_writable' => is_writable($r),
			'tempnam' => str_starts_with((string) tempnam($r, 'x'), $r), 'image' => imagepng(imagecreate(1, 1), "$r/image.png"),
			'zip' => (function () use ($r) { $z = new ZipArchive; return $z->open("$r/x.zip", ZipArchive::CREATE) === true && $z->addFromString('a', 'b') && $z->close(); })(),
			'sqlite' => (function () use ($r) { try { (new SQLite3("$r/x.db"))->exec('CREATE TABLE t (a)'); return true; } catch (Throwable) { return false; } })(),
			'socket' => (bool) stream_socket_server("unix://$r/s"), 'stream_copy' => (bool) stream_copy_to_stream(fopen(__FILE__, 'r'), fopen("$r/c", 'w') ?: fopen('php://memory', 'r')),
			'through a link' => (bool) file_put_contents(getcwd() . '/link/sub/code.php', 'x'), 'dir' => (function () use ($r) { chdir($r); return (bool) file_put_contents('x', 'x'); })(),
		];
		echo json_encode([array_keys(array_filter($done)), require "$r/sub/code.php"]);`,
	);
	const before = state(library);
	const { out } = await phpCli(['--mount', `${library}:ro`, '--network-listen', 'unix:*', 'attack.php'], { cwd: app });
	expect(JSON.parse(out)).toEqual([[], 1]);
	expect(state(library)).toEqual(before);
});

test('what PHP asks for and does not see is told to the operator, once, and not to PHP', {
	timeout: 60_000,
}, async () => {
	const cwd = writeApp({
		'look.php': `<?php
			$folder = $argv[1];
			var_dump(file_exists("$folder/sub/code.php"), is_dir($folder), @file_get_contents("$folder/sub/nowhere.php"),
				@scandir("$folder/sub"), error_get_last()['message'] === (function () {
					@scandir('/nowhere'); return str_replace('/nowhere', $GLOBALS['folder'] . '/sub', error_get_last()['message']); })());`,
	});
	// Not in /tmp, of which PHP has its own.
	const hidden = mkdtempSync('/var/tmp/igor-hidden-');
	try {
		mkdirSync(join(hidden, 'sub'));
		writeFileSync(join(hidden, 'sub/code.php'), '');
		const { out, err } = await phpCli(['look.php', hidden], { cwd });
		expect(out).not.toContain('bool(true)\nbool(true)');
		expect(out).toMatch(/^bool\(false\)\nbool\(false\)\nbool\(false\)\nbool\(false\)\n/);
		expect(err).toBe(
			`igor: PHP asked for ${hidden}/sub/code.php, which exists, but PHP does not see it: --mount ${hidden}/sub:ro shows the folder.\n`,
		);
		expect((await phpCli(['look.php', `${hidden}/no`], { cwd })).err).toBe('');
		const shown = await phpCli(['--mount', `${hidden}:/shown:ro`, 'look.php', '/shown'], { cwd });
		expect(shown).toMatchObject({ out: expect.stringMatching(/^bool\(true\)\nbool\(true\)\n/), err: '' });
	} finally {
		rmSync(hidden, { recursive: true });
	}
});

test('names that PHP chose do not reach a terminal, a second line or a shell', async () => {
	const odd = join(root, 'x\nigor: \x1b[31m\x7f\u009b\u202e;`id`');
	mkdirSync(odd);
	const said: string[] = [];
	const hidden = new HiddenPaths(
		(message) => said.push(message),
		(folder) => `--mount ${folder}:ro`,
	);
	hidden.asked(toByteString(odd));
	await hidden.settled();
	expect(said).toEqual([
		`PHP asked for ${root}/x\\nigor: \\u001b[31m\\u{7f}\\u{9b}\\u{202e};\`id\`, which exists, but PHP does not see it: --mount FOLDER:ro shows the folder.`,
	]);
});

test('PHP as a program of PHP is not told what the host has', { timeout: 60_000 }, async () => {
	const hidden = mkdtempSync('/var/tmp/igor-hidden-');
	try {
		writeFileSync(
			join(app, 'caller.php'),
			`<?php
			$php = proc_open(['php', '-r', 'var_dump(file_exists($argv[1]));', $argv[1]], [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes);
			echo stream_get_contents($pipes[1]), stream_get_contents($pipes[2]);`,
		);
		const { out, err } = await phpCli(['--allow-process', 'php', 'caller.php', hidden], { cwd: app });
		expect({ out, err }).toEqual({ out: 'bool(false)\n', err: '' });
	} finally {
		rmSync(hidden, { recursive: true });
	}
});
