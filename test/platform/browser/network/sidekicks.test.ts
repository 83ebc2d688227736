import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Server } from '../../../../src/index.ts';
import type { AppFiles } from '../../../support/app-files.ts';
import { eventually } from '../../../support/eventually.ts';
import { platform } from '../../../support/node/platform.ts';

const { plain } = inject('origins');

let files: AppFiles;
let server: Server;
beforeAll(async () => {
	files = platform.emptyFolder();
	files.write('index.php', `<?php echo frankenphp_sidekick_get_vars($_GET['name'])['value'];`);
	files.write(
		'sidekick.php',
		`<?php
		switch ($name = $_SERVER['argv'][1]) {
			case 'poller':
				while (!frankenphp_sidekick_should_stop()) {
					frankenphp_sidekick_set_vars(['value' => file_get_contents('http://localhost:${plain}/count')]);
					usleep(10_000);
				}
				break;
			case 'waiting':
				frankenphp_sidekick_set_vars(['value' => 'waits']);
				@file_get_contents('http://localhost:${plain}/never');
				if (frankenphp_sidekick_should_stop()) file_put_contents(__DIR__ . '/waiting.ended', 'by the flag');
		}`,
	);
	server = await files.serve({ threads: 1, sidekickEntrypoint: 'sidekick.php', log: false, stopTimeout: 10_000 });
});
afterAll(async () => {
	await server.close();
	files.discard();
});

const get = async (name: string) => (await server.fetch(`/?name=${name}`)).text();

test('a sidekick polls a URL and publishes what it says', async () => {
	const first = Number(await get('poller'));
	expect(first).toBeGreaterThan(0);
	await eventually('a later count', async () => Number(await get('poller')) > first + 2);
	await server.sidekicks.stop('poller');
});

test('a wait for an answer ends early when the stop flag is raised', async () => {
	expect(await get('waiting')).toBe('waits');
	await server.sidekicks.stop('waiting');
	// One that had waited on would have been ended from outside, without a last word.
	expect(await eventually('its last word', () => files.read('waiting.ended'))).toBe('by the flag');
});
