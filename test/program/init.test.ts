import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { cleanUp, Igor, run, writeApp } from './support/igor.ts';
import { Terminal } from './support/terminal.ts';

afterAll(cleanUp);

const FILES = ['Caddyfile', 'bin/console', 'public/index.php'];

/** Everything in a folder, by path. */
function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
		.sort();
}

/** Addresses that other programs of this machine do not have. */
async function addresses(): Promise<{ listen: string; admin: string }> {
	return { listen: `127.0.0.1:${await freePort()}`, admin: `127.0.0.1:${await freePort()}` };
}

describe('igor init', { timeout: 120_000 }, () => {
	test('--yes: what is written runs as it is, and the page shows what the sidekick publishes', async () => {
		const folder = writeApp({});
		const { listen, admin } = await addresses();
		const { status, out, err } = await run(['init', '--yes', '--listen', listen, '--admin', admin], folder);
		expect({ status, err }).toEqual({ status: 0, err: '' });
		expect(filesIn(folder)).toEqual(FILES);
		expect(out.trimEnd().split('\n').at(-1)).toBe(`Run it: npx igor run, and open http://${listen}/`);

		const igor = new Igor(['run'], folder);
		expect(await igor.ready()).toBe(`http://${listen}`);
		const page = async (): Promise<string> => (await fetch(`http://${listen}/`)).text();
		const shown = /The sidekick <b>clock<\/b> says: <b>(\d\d:\d\d:\d\d)<\/b>/;
		const [, first] = shown.exec(await page()) ?? [];
		expect(first).toBeDefined();
		await eventually('a later time', async () => shown.exec(await page())?.[1] !== first);
		// By its other name, too, and nothing of the rest is served.
		const port = listen.split(':')[1];
		expect((await fetch(`http://localhost:${port}/`)).status).toBe(200);
		expect(await (await fetch(`http://${listen}/bin/console`)).text()).not.toContain('<?php');
		expect((await run(['sidekicks', '--address', admin], folder)).out).toContain('clock');
		expect(igor.stderr).not.toMatch(/"level":"(?:warn|error)"/);
	});

	test('the Caddyfile is in the usual form', async () => {
		const folder = writeApp({});
		await run(['init', '--yes', '--admin', 'off'], folder);
		expect(await run(['fmt'], folder)).toMatchObject({ status: 0 });
		expect(readFileSync(join(folder, 'Caddyfile'), 'utf8')).toContain('admin off');
		expect(await run(['validate'], folder)).toMatchObject({ status: 0, err: '' });
	});

	test('into another folder, with the command that goes there', async () => {
		const folder = writeApp({});
		const { status, out } = await run(['init', '--yes', 'my app'], folder);
		expect(status).toBe(0);
		expect(filesIn(folder)).toEqual(FILES.map((name) => `my app/${name}`));
		expect(out).toContain("Run it: cd 'my app' && npx igor run, and open http://127.0.0.1:8080/");
	});

	test.each(FILES)('%s is there: nothing is written', async (name) => {
		const folder = writeApp({ [name]: 'mine' });
		const { status, out, err } = await run(['init', '--yes'], folder);
		expect({ status, out }).toEqual({ status: 1, out: '' });
		expect(err).toBe(
			`igor: ${join(folder, name)} is there already, and init overwrites nothing; name another folder: igor init DIR.\n`,
		);
		expect(filesIn(folder)).toEqual([name]);
		expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
	});

	test('a link to nowhere is not written through', async () => {
		const folder = writeApp({});
		symlinkSync(join(folder, 'elsewhere'), join(folder, 'Caddyfile'));
		expect(await run(['init', '--yes'], folder)).toMatchObject({ status: 1 });
		expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
		expect(filesIn(folder)).toEqual(['Caddyfile']);
	});

	test('without a terminal it does not ask, and does not wait', async () => {
		const folder = writeApp({});
		const { status, err } = await run(['init'], folder);
		expect({ status, err }).toEqual({
			status: 1,
			err: 'igor: There is no terminal to ask on; add --yes to take what --help shows.\n',
		});
		expect(filesIn(folder)).toEqual([]);
	});

	test.each([
		[['--listen', 'nowhere'], "Cannot listen on 'nowhere'"],
		[['--root', '../public'], '--root ../public'],
		[['--root', '.'], '--root .'],
		[['--root', 'bin'], '--root bin'],
		[['--sidekick', "a'b"], "--sidekick a'b"],
		[['--admin', 'x:y'], "'x:y'"],
	])('%j is refused', async (options, message) => {
		const folder = writeApp({});
		const { status, err } = await run(['init', '--yes', ...options], folder);
		expect(status).toBe(1);
		expect(err).toContain(message);
		expect(filesIn(folder)).toEqual([]);
	});

	test('on a terminal: three questions; a wrong answer is asked for again, an empty one takes the default', async () => {
		const folder = writeApp({});
		const { listen, admin } = await addresses();
		const terminal = new Terminal(['init', '--admin', admin], folder);
		onTestFinished(() => terminal.close());
		await terminal.until('Address [127.0.0.1:8080]: ');
		terminal.type('nonsense\n');
		await terminal.until("Cannot listen on 'nonsense'");
		terminal.type(`${listen}\n`);
		await terminal.until('Folder of the pages [public]: ');
		terminal.type('\n');
		await terminal.until('Name of the sidekick [clock]: ');
		terminal.type('weather\n');
		expect(await terminal.exit).toBe(0);
		expect(terminal.shown).toContain(`npx igor run, and open http://${listen}/`);
		const igor = new Igor(['run'], folder);
		expect(await (await fetch(await igor.ready())).text()).toContain('<b>weather</b>');
	});

	test('on a terminal: Ctrl-D and Ctrl-C write nothing', async () => {
		for (const key of ['\u0004', '\u0003']) {
			const folder = writeApp({});
			const terminal = new Terminal(['init'], folder);
			onTestFinished(() => terminal.close());
			await terminal.until('Address [');
			terminal.type(key);
			expect(await terminal.exit).not.toBe(0);
			expect(filesIn(folder)).toEqual([]);
		}
	});
});
