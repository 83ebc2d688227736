import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { openPage, ROOT } from './support/pages.ts';
import { serve, write } from './support/shell.ts';

afterAll(cleanUp);

describe('the README', () => {
	const page = openPage('README.md');

	test('its commands are scripts of the package', () => {
		const commands = page.take('sh').trim().split('\n');
		const scripts = Object.keys(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')).scripts);
		for (const command of commands) expect(scripts).toContain(command.replace(/^npm (run )?/, ''));
	});

	test('the sidekick publishes to a request', async () => {
		const folder = writeApp({});
		write(folder, {
			'bin/console': page.take('php', 'bin/console'),
			'config/flags.json': '{"new-checkout": true}',
			'public/index.php': page.take('php', 'public/index.php'),
		});
		const igor = serve(page.take('sh'), folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('new checkout');
	});

	test('is a screen and a half', () => {
		expect(page.text.split('\n').length).toBeLessThan(100);
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
