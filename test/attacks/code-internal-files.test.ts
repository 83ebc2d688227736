import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostileApp, ROLES } from './support/every-role.ts';

/** What Igor keeps in PHP's file system for PHP itself: settings, extensions, certificates that all threads share, ICU's data. */
const FOLDER = '/internal';

describe("Igor's own files in PHP's file system", () => {
	let app: HostileApp;
	beforeAll(async () => {
		app = await HostileApp.start({ extensions: ['intl'] }, ['--ext', 'intl']);
	});
	afterAll(() => app[Symbol.asyncDispose]());

	test.each(ROLES)('cannot be changed by PHP: %s', async (role) => {
		const changed = await app.run(
			role,
			`$changed = [];
			$files = $folders = ['${FOLDER}'];
			$each = new RecursiveIteratorIterator(new RecursiveDirectoryIterator('${FOLDER}', FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::SELF_FIRST);
			foreach ($each as $path => $entry) $entry->isDir() ? $folders[] = $path : $files[] = $path;
			unset($files[0]);
			$before = array_map('filesize', $files);
			foreach ([...$files, ...$folders] as $path) {
				foreach (['r+', 'w', 'a', 'c+', 'x'] as $mode) if (($f = @fopen($path, $mode)) && @fwrite($f, 'evil')) $changed[] = "$mode $path";
				if (@chmod($path, 0777)) $changed[] = "chmod $path";
				if (@touch($path)) $changed[] = "touch $path";
				if (@unlink($path) || @rmdir($path)) $changed[] = "unlink $path";
				foreach (['/tmp/moved', '/moved'] as $to) @rename($path, $to); // PHP copies where it cannot rename
				clearstatcache();
				if (!file_exists($path)) $changed[] = "rename $path";
				if (is_dir($path)) {
					if (@mkdir("$path/new")) $changed[] = "mkdir $path";
					if (@file_put_contents("$path/new.so", 'x')) $changed[] = "create $path";
					if (@symlink('/tmp', "$path/link")) $changed[] = "symlink $path";
					file_put_contents('/tmp/x', 'x');
					if (@rename('/tmp/x', "$path/x")) $changed[] = "rename into $path";
					file_put_contents('/x', 'x');
					if (@rename('/x', "$path/x")) $changed[] = "rename into $path";
				}
				file_put_contents('/y', 'y');
				if (@rename('/y', $path)) $changed[] = "rename over $path";
			}
			clearstatcache();
			return [count($files) > 3, $changed, array_map('filesize', $files) === $before];`,
		);
		expect(changed).toEqual([true, [], true]);
	});

	test('are there, and are used', async () => {
		expect(
			await app.run(
				'classic',
				`return [strlen(file_get_contents(ini_get('openssl.cafile'))) > 1000, (new NumberFormatter('de', NumberFormatter::DECIMAL))->format(1234.5)];`,
			),
		).toEqual([true, '1.234,5']);
	});
});
