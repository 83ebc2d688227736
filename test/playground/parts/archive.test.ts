import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppSettings } from '../../../playground/src/host/protocol.ts';
import { type ArchiveFacts, makeArchive } from '../../../playground/src/share/archive.ts';
import { shellLine, startCommand } from '../../../playground/src/share/start-command.ts';
import { addPhpServer } from '../../../src/cli/php-server-command.ts';
import { lacking } from '../../support/lacking.ts';
import { missingProgram } from '../../support/programs.ts';

const SETTINGS: AppSettings = {
	root: 'public',
	workers: [{ file: 'public/index.php', num: 3 }],
	threads: 2,
	sidekickEntrypoint: 'bin/console',
	timeLimit: 10,
	stopTimeout: 5000,
};
const FACTS: ArchiveFacts = {
	name: 'feature-flags',
	title: 'Feature flags',
	watch: 'Edit the file. Watch the page.',
	settings: SETTINGS,
	version: '0.1.0',
};
const FILES = { 'bin/console': '#!/usr/bin/env php\n<?php // grün', 'public/index.php': '<?php echo 1;' };

describe('the archive of an app', () => {
	it('has the files, a README.md and a package.json in one folder', () => {
		const content = read(makeArchive(FILES, FACTS));

		expect(Object.keys(content).sort()).toEqual([
			'feature-flags/README.md',
			'feature-flags/bin/console',
			'feature-flags/package.json',
			'feature-flags/public/index.php',
		]);
		expect(content['feature-flags/bin/console']).toBe(FILES['bin/console']);
		expect(content['feature-flags/README.md']).toContain('# Feature flags\n\nEdit the file. Watch the page.');
		expect(JSON.parse(content['feature-flags/package.json'] ?? '')).toMatchObject({
			scripts: {
				start:
					'npx igor php-server --root public --worker public/index.php,3 --threads 2 ' +
					'--sidekick-entrypoint bin/console --php-ini max_execution_time=10',
			},
			dependencies: { 'igor-php': '^0.1.0' },
		});
	});

	it('brings the PHP that it is served by, and its php.ini', () => {
		const settings = { ...SETTINGS, php: '8.5' as const, ini: { memory_limit: '64M' } };
		const content = read(makeArchive(FILES, { ...FACTS, settings, phpPackages: '3.1.54' }));
		expect(JSON.parse(content['feature-flags/package.json'] ?? '')).toMatchObject({
			scripts: { start: expect.stringMatching(/ --php 8\.5 --php-ini memory_limit=64M /) },
			dependencies: { 'igor-php': '^0.1.0', '@php-wasm/node-8-5': '3.1.54' },
		});
	});

	it("leaves the visitor's own README.md and package.json as they are", () => {
		const content = read(makeArchive({ ...FILES, 'README.md': 'mine', 'package.json': '{"mine":1}' }, FACTS));

		expect(content['feature-flags/README.md']).toBe('mine');
		expect(content['feature-flags/package.json']).toBe('{"mine":1}');
	});

	it('says in README.md what the command cannot take over', () => {
		const settings = { ...SETTINGS, sidekickEager: ['flags'], stopTimeout: 1500 };
		const readme = read(makeArchive(FILES, { ...FACTS, settings }))['feature-flags/README.md'];

		expect(readme).toContain('`eager` in a Caddyfile');
		expect(readme).toContain('gives sidekicks 1.5 s to stop');
	});

	it.skipIf(lacking(missingProgram('unzip')))('is unpacked by Debian’s unzip, with scripts executable', () => {
		const folder = mkdtempSync(join(tmpdir(), 'igor-archive-'));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		writeFileSync(join(folder, 'app.zip'), makeArchive(FILES, FACTS));

		expect(spawnSync('unzip', ['-q', 'app.zip'], { cwd: folder }).status).toBe(0);
		const app = join(folder, 'feature-flags');
		expect(readdirSync(app).sort()).toEqual(['README.md', 'bin', 'package.json', 'public']);
		expect(readFileSync(join(app, 'bin/console'), 'utf8')).toBe(FILES['bin/console']);
		expect(statSync(join(app, 'bin/console')).mode & 0o111).not.toBe(0);
		expect(statSync(join(app, 'public/index.php')).mode & 0o111).toBe(0);
	});
});

describe('the command that serves an app', () => {
	it('has only options that `igor php-server` knows, with these values', () => {
		const program = new Command();
		addPhpServer(program, () => {});
		const command = program.commands.find((one) => one.name() === 'php-server');
		command?.exitOverride().parseOptions([...startCommand(SETTINGS)].slice(3));

		expect(command?.opts()).toMatchObject({
			root: 'public',
			worker: [{ file: 'public/index.php', num: 3 }],
			threads: 2,
			sidekickEntrypoint: 'bin/console',
			phpIni: { max_execution_time: '10' },
		});
	});

	it('leaves out what the app does not have', () => {
		const { sidekickEntrypoint: _, ...without } = SETTINGS;
		const words = startCommand({ ...without, workers: [], timeLimit: 0 });

		expect(words.join(' ')).toBe('npx igor php-server --root public --threads 2');
	});

	it('quotes names with spaces for a shell', () => {
		expect(shellLine(['--root', 'my app'])).toBe('--root "my app"');
	});
});

function read(archive: Uint8Array): Record<string, string> {
	return Object.fromEntries(Object.entries(unzipSync(archive)).map(([name, bytes]) => [name, strFromU8(bytes)]));
}
