import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, FIXTURES, startApp } from './support/app.ts';

/** Beside the application, in a folder that nobody named. */
let outside: string;
let root: string;
let app: App;

beforeAll(async () => {
	outside = await mkdtemp(join(tmpdir(), 'igor-test-'));
	root = join(outside, 'app');
	await cp(`${FIXTURES}public`, root, { recursive: true });
	await writeFile(join(outside, 'secret.txt'), 'secret');
	await writeFile(join(outside, 'secret.php'), '<?php echo "secret";');
	await symlink('/etc/passwd', join(root, 'passwd.txt'));
	await symlink(join(outside, 'secret.txt'), join(root, 'absolute.txt'));
	await symlink('../secret.txt', join(root, 'relative.txt'));
	await symlink('../secret.php', join(root, 'relative.php'));
	await symlink(outside, join(root, 'folder'));
	await symlink('hello.php', join(root, 'inside.php'));
	app = await startApp({ root, workers: [{ file: join(root, 'worker.php'), num: 1 }] });
}, 20_000);
afterAll(async () => {
	await app.server.close();
	await rm(outside, { recursive: true });
});

type Seen = { content: string | false; exists: boolean; list: string[] | false; real: string | false };

async function see(path: string): Promise<Seen> {
	return (await (await app.server.fetch(`/read.php?path=${encodeURIComponent(path)}`)).json()) as Seen;
}

describe('PHP sees nothing of the host but what was named:', () => {
	test.each([
		['/etc/passwd', () => '/etc/passwd'],
		['/proc/self/environ', () => '/proc/self/environ'],
		['a file beside the root', () => `${outside}/secret.txt`],
		['a file beside the root, by ../', () => `${root}/../secret.txt`],
		['/etc/passwd, by ../', () => `${root}/../../../../../../../../etc/passwd`],
		['a symbolic link to /etc/passwd', () => `${root}/passwd.txt`],
		['a symbolic link to a file beside the root', () => `${root}/absolute.txt`],
		['a relative symbolic link out of the root', () => `${root}/relative.txt`],
		['a file in a folder that is linked', () => `${root}/folder/secret.txt`],
		['file:///etc/passwd', () => 'file:///etc/passwd'],
		['glob:///etc/*', () => 'glob:///etc/*'],
	])('not %s', async (_, path) => {
		const seen = await see(path());
		expect(seen.content).toBe(false);
		expect(JSON.stringify(seen)).not.toMatch(/secret"|root:/);
	});

	test.each(['/', '/etc', '/root', '/home', '/work'])('not what is in %s of the host', async (path) => {
		const { list } = await see(path);
		for (const name of ['passwd', 'hosts', '.bashrc', 'shared', 'boot', 'sys']) expect(list || []).not.toContain(name);
	});

	test('but the application under its own path, and links inside it', async () => {
		expect((await see(`${root}/hello.php`)).content).toContain("echo 'hello'");
		expect((await see(`${root}/inside.php`)).content).toContain("echo 'hello'");
	});
});

describe('HTTP serves nothing from outside the root:', () => {
	test.each([
		'/passwd.txt',
		'/absolute.txt',
		'/relative.txt',
		'/relative.php',
		'/folder/secret.txt',
		'/folder/secret.php',
		'/../secret.txt',
		'/%2e%2e/secret.txt',
		'/..%2fsecret.txt',
		'/x/../../secret.txt',
	])('not %s', async (path) => {
		const response = await app.server.fetch(new Request(`http://localhost${path}`));
		expect(await response.text()).not.toMatch(/secret|root:/);
		expect(response.status).toBeGreaterThanOrEqual(400);
	});

	test('a link inside the root is followed', async () => {
		expect(await (await app.server.fetch('/inside.php')).text()).toBe('hello');
	});
});
