import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { HostileApp, ROLES } from './support/every-role.ts';
import { evilModule } from './support/evil-module.ts';

/** What evaluated text leaves on the host, outside of what PHP sees. */
const outside = mkdtempSync(join(tmpdir(), 'igor-outside-'));
const canary = join(outside, 'evaluated');
const script = `(globalThis.process ?? {}).getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(canary)}, 'x')`;

afterAll(() => rmSync(outside, { recursive: true, force: true }));
beforeEach(() => rmSync(canary, { force: true }));

/** PHP that writes both modules to every place where it can write, and sets $files. */
const WRITE_MODULES = `
	$files = [];
	foreach (json_decode('${JSON.stringify([evilModule('em_js', script), evilModule('em_asm', script)].map((bytes) => Buffer.from(bytes).toString('base64')))}') as $i => $module) {
		foreach ([ini_get('extension_dir'), '/internal/shared/extensions', '/tmp', __DIR__, '/'] as $folder) {
			@mkdir($folder, 0777, true);
			foreach (["evil$i.so", 'frankenphp.so', 'redis.so'] as $name) {
				if (@file_put_contents("$folder/$name", base64_decode($module))) $files[] = "$folder/$name";
			}
		}
	}`;

/** Ways to a loader; each is PHP code, and what it throws does not matter. */
const WAYS: Record<string, string> = {
	'dl()': 'foreach ($files as $file) foreach ([$file, basename($file)] as $name) @dl($name);',
	'dl() by other names': `foreach ($files as $file) {
		foreach (['dl', 'DL', '\\\\dl'] as $name) try { @call_user_func($name, basename($file)); } catch (Throwable) {}
		try { (new ReflectionFunction('dl'))->invoke(basename($file)); } catch (Throwable) {}
	}`,
	'SQLite extensions': `foreach ($files as $file) {
		@ini_set('sqlite3.extension_dir', dirname($file));
		try { @(new SQLite3(':memory:'))->loadExtension(basename($file)); } catch (Throwable) {}
		try { (new SQLite3(':memory:'))->query("SELECT load_extension('$file')"); } catch (Throwable) {}
		try { (new PDO('sqlite::memory:'))->query("SELECT load_extension('$file')"); } catch (Throwable) {}
		if (class_exists('Pdo\\\\Sqlite')) try { (new Pdo\\Sqlite('sqlite::memory:'))->loadExtension($file); } catch (Throwable) {}
	}`,
	'engines and providers of OpenSSL': `foreach ($files as $file) {
		file_put_contents('/tmp/evil.cnf', "openssl_conf = a\\n[a]\\nengines = b\\nproviders = d\\n[b]\\ne = c\\n[c]\\nengine_id = e\\n" .
			"dynamic_path = $file\\ninit = 1\\n[d]\\np = f\\n[f]\\nmodule = $file\\nactivate = 1\\n[req]\\ndistinguished_name = n\\n[n]\\n");
		putenv('OPENSSL_CONF=/tmp/evil.cnf');
		putenv('OPENSSL_MODULES=' . dirname($file));
		@openssl_pkey_new(['config' => '/tmp/evil.cnf']);
		$key = null; @openssl_csr_new([], $key, ['config' => '/tmp/evil.cnf']);
		$curl = curl_init('http://127.0.0.1:1/');
		curl_setopt($curl, CURLOPT_SSLENGINE, $file);
		@curl_exec($curl);
	}`,
	'settings of PHP': `foreach ($files as $file) {
		foreach (['extension', 'zend_extension', 'opcache.preload'] as $name) @ini_set($name, $file);
		@ini_set('enable_dl', '1'); @ini_set('extension_dir', dirname($file));
		file_put_contents(__DIR__ . '/.user.ini', "extension=$file\\nauto_prepend_file=$file\\n");
		@file_put_contents('/internal/shared/php.ini', "enable_dl=1\\nextension=$file\\n");
		foreach (['PHPRC', 'PHP_INI_SCAN_DIR'] as $name) putenv("$name=" . dirname($file));
		try { @dl(basename($file)); } catch (Throwable) {}
	}`,
	'other libraries': `foreach ($files as $file) {
		foreach (['LD_PRELOAD', 'LD_LIBRARY_PATH', 'GCONV_PATH', 'MAGICK_CODER_MODULE_PATH', 'MAGICK_HOME'] as $name) putenv("$name=$file");
		@iconv('x-evil', 'UTF-8', 'a');
		@setlocale(LC_ALL, $file);
		if (class_exists('Imagick')) try { new Imagick("evil:$file"); } catch (Throwable) {}
		if (class_exists('FFI')) try { FFI::cdef('', $file); } catch (Throwable) {}
	}`,
};

describe.each(PHP_VERSIONS)('a module that PHP %s writes is never loaded', (php) => {
	let app: HostileApp;
	beforeAll(async () => {
		app = await HostileApp.start({ php });
	});
	afterAll(() => app[Symbol.asyncDispose]());

	describe.each(php === '8.4' ? ROLES : (['classic', 'php-cli'] as const))('%s', (role) => {
		test('by any way that PHP has', async () => {
			const attempts = Object.values(WAYS).map((way) => `try { ${way} } catch (Throwable $error) {}`);
			expect(await app.run(role, `${WRITE_MODULES} ${attempts.join('\n')} return count($files);`)).toBeGreaterThan(5);
			expect(existsSync(canary)).toBe(false);
			// It goes on working.
			expect(await app.run(role, 'return strrev("still here");')).toBe('ereh llits');
		});

		test('and nothing seems to be there that could', async () => {
			expect(
				await app.run(
					role,
					`return [function_exists('dl'), function_exists('post_message_to_js'), class_exists('FFI'), extension_loaded('ffi'),
						ini_get('enable_dl'), ini_set('enable_dl', '1'), ini_set('extension_dir', '/tmp')];`,
				),
			).toEqual([false, false, false, false, '0', false, false]);
		});
	});
});

test('SQLite, which may load extensions where the configuration says so, gets none', async () => {
	const app = await HostileApp.start({ phpIni: { 'sqlite3.extension_dir': '/tmp' } }, [
		...['--php-ini', 'sqlite3.extension_dir=/tmp'],
	]);
	await using _ = app;
	for (const role of ROLES) {
		const code = `${WRITE_MODULES}
			foreach ($files as $file) (new SQLite3(':memory:'))->loadExtension(basename($file));
			return array_values(array_unique($GLOBALS['warnings']));`;
		expect(await app.run<string[]>(role, code)).toContain(
			'SQLite3::loadExtension(): unable to open shared library [/tmp/evil0.so]',
		);
		expect(existsSync(canary)).toBe(false);
	}
});

test('functions that the configuration disables stay disabled', async () => {
	await using app = await HostileApp.start({ phpIni: { disable_functions: 'phpinfo,md5', enable_dl: '1' } });
	expect(await app.run('classic', `return array_map('function_exists', ['phpinfo', 'md5', 'dl', 'sha1']);`)).toEqual([
		false,
		false,
		false,
		true,
	]);
});
