import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { ALL_DIRECTIVES, listedDirective } from '../../src/directives/list.ts';
import { cleanUp, Igor, run } from '../program/support/igor.ts';

const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'igor-readme-'));
afterAll(async () => {
	await cleanUp();
	rmSync(folder, { recursive: true, force: true });
});

/** The code blocks in one language, in the order of the page. */
function blocks(language: string): string[] {
	return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
		([, code]) => code ?? '',
	);
}

function write(files: Readonly<Record<string, string>>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
}

describe('what the README shows works', () => {
	test('the Caddyfile is valid', async () => {
		const [, caddyfile = ''] = blocks('caddyfile');
		write({
			Caddyfile: caddyfile,
			'public/index.php': '',
			'assets/a.txt': '',
			'bin/console': '',
		});
		expect(await run(['validate'], folder)).toMatchObject({ status: 0, out: 'Valid configuration\n' });
	});

	test('every supported directive is named', () => {
		const served = ALL_DIRECTIVES.filter((name) => /^(step|site)$/.test(listedDirective(name)?.kind ?? ''));
		expect(served).toContain('php_server');
		for (const name of served) expect(README).toContain(`\`${name}`);
	});

	test('the sidekick publishes to a request', async () => {
		const [sidekick = '', reader = ''] = blocks('php');
		write({
			'bin/console': sidekick,
			'config/flags.json': '{"new-checkout": true}',
			'public/index.php': `<?php ${reader.replace('/* … */', "echo 'new checkout';")}`,
		});
		const igor = new Igor(
			['php-server', '--listen', '127.0.0.1:0', '--root', 'public', '--sidekick-entrypoint', 'bin/console'],
			folder,
		);
		expect(await (await fetch(await igor.ready())).text()).toBe('new checkout');
	});

	test('the background worker publishes to a request, from a Caddyfile', async () => {
		const [, , worker = '', reader = ''] = blocks('php');
		const [caddyfile = ''] = blocks('caddyfile');
		write({
			'bin/prices.php': worker,
			Caddyfile: `{\n\tadmin off\n}\n${caddyfile.replace(':8080', 'http://127.0.0.1:0')}`,
			'public/index.php': `<?php ${reader} echo $price;`,
		});
		const igor = new Igor(['run'], folder);
		expect(await (await fetch(await igor.ready())).text()).toBe('1');
	});

	test('every command of the tables has a --help', async () => {
		const commands = new Set([...README.matchAll(/`igor ([a-z-]+)[^`]*`/g)].map(([, name]) => name ?? ''));
		for (const command of commands) {
			expect((await run([command, '--help'])).out).toMatch(new RegExp(`^Usage: igor ${command}\\b`));
		}
	});
});
