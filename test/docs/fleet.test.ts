import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { openPage } from './support/pages.ts';
import { sh } from './support/shell.ts';

afterAll(cleanUp);

describe('A fleet', () => {
	const page = openPage('docs/guides/fleet.md');

	test('the Caddyfile is valid; test/cluster runs fleets', async () => {
		const folder = writeApp({
			Caddyfile: page.take('caddyfile', 'Caddyfile'),
			'bin/console': '',
			'bin/mailer.php': '',
		});
		expect(await sh('igor validate', folder)).toMatchObject({ status: 0, out: 'Valid configuration\n' });
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
