import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { openPage } from './support/pages.ts';
import { serveCaddyfile, write } from './support/shell.ts';

afterAll(cleanUp);

describe('Background workers and tasks', () => {
	const page = openPage('docs/guides/background-workers.md');
	const folder = writeApp({});

	test('the background worker publishes to a request', async () => {
		write(folder, {
			'bin/prices.php': page.take('php', 'bin/prices.php'),
			'public/index.php': `${page.take('php', 'public/index.php')} echo $price;`,
		});
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('1');
	});

	test('the task goes to the background worker, and its updates come back', async () => {
		write(folder, {
			'bin/resize.php': page.take('php', 'bin/resize.php'),
			'public/index.php': page.take('php', 'public/index.php'),
		});
		const args = ['--listen', '127.0.0.1:0', '--root', 'public', '--background-worker', 'resize=bin/resize.php'];
		const igor = new Igor(['php-server', ...args], folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('100 400 ');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
