import { serve } from 'igor-php';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';
import { NatsServer } from './support/nats-server.ts';

afterEach(cleanUp);

const files = {
	'public/index.php': `<?php echo implode(frankenphp_sidekick_get_vars($_GET['name'], 20.0));`,
	console: `<?php
		frankenphp_sidekick_set_vars(['text' => "$argv[1] of {$_SERVER['SERVER']}"]);
		while (!frankenphp_sidekick_should_stop()) sleep(1);`,
};

async function text(url: string | undefined): Promise<string> {
	return (await fetch(`${url}`, { signal: AbortSignal.timeout(30_000) })).text();
}

describe.skipIf(lacking(missingProgram('nats-server')))('a fleet', { timeout: 120_000 }, () => {
	test('of serve({ cluster }): servers of one process, too, share what sidekickShared names', async () => {
		await using nats = await NatsServer.start();
		const folder = writeApp(files);
		const start = (SERVER: string) =>
			serve({
				root: `${folder}/public`,
				sidekickEntrypoint: `${folder}/console`,
				sidekickShared: ['clock'],
				cluster: { servers: nats.url, lease: 60_000 },
				env: { SERVER },
				listen: '127.0.0.1:0',
				threads: 1,
				log: false,
			});
		const a = await start('a');
		try {
			await using b = await start('b');
			expect(await text(`${a.url}/?name=clock`)).toBe('clock of a');
			expect(await text(`${b.url}/?name=clock`)).toBe('clock of a');
			expect(await text(`${b.url}/?name=local`)).toBe('local of b');
			expect(b.sidekicks.list().find(({ name }) => name === 'clock')?.fleet).toMatchObject({ here: false });
		} finally {
			await a.close();
		}
	});

	test.each([[[]], [['--access-log']]])('of `igor php-server --cluster` %j', async (more) => {
		await using nats = await NatsServer.start();
		const folder = writeApp(files);
		const start = async (SERVER: string) => {
			const fleet = ['--cluster', nats.url, '--sidekick-entrypoint', 'console', '--sidekick-shared', 'clock'];
			const args = ['--root', 'public', '--listen', '127.0.0.1:0', '--threads', '1', '--env', `SERVER=${SERVER}`];
			return new Igor(['php-server', ...args, ...fleet, ...more], folder).ready();
		};
		const [a, b] = await Promise.all([start('a'), start('b')]);
		expect(await text(`${a}/?name=clock`)).toBe('clock of a');
		expect(await text(`${b}/?name=clock`)).toBe('clock of a');
		expect(await text(`${b}/?name=local`)).toBe('local of b');
	});
});

test.each([
	['--cluster', 'nats://127.0.0.1:4222'],
	['--sidekick-shared', 'clock'],
])('%s alone is refused', async (...flags) => {
	const { status, err } = await run(['php-server', ...flags], writeApp(files));
	expect(status).not.toBe(0);
	expect(err).toContain('--cluster and --sidekick-shared need each other');
});
