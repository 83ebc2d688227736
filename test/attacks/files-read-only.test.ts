import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardFolders } from '../../src/platform/node/files/guarded-folders.ts';
import { NodeHostFiles } from '../../src/platform/node/files/node-host-files.ts';
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
