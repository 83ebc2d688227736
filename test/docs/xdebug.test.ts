import { afterAll, describe, expect, test } from 'vitest';
import { Editor } from '../php/xdebug/support/editor.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { openPage } from './support/pages.ts';
import { serve, serveCaddyfile, sh } from './support/shell.ts';

afterAll(cleanUp);

/** What an editor without breakpoints does: runs the script, then lets it end. */
async function runThrough(editor: Editor): Promise<void> {
	const session = await editor.session();
	await session.command('run');
	session.run();
}

describe('Xdebug', () => {
	const page = openPage('docs/guides/xdebug.md');
	const folder = writeApp({ 'public/index.php': '<?php echo 42;', 'script.php': '<?php echo 42;' });
	const [server = '', script = ''] = page.take('sh').trim().split('\n');
	const environmentFor = ({ port }: Editor) => ({ XDEBUG_CONFIG: `client_host=127.0.0.1 client_port=${port}` });

	test('a request connects to the editor', async () => {
		await using editor = await Editor.open();
		const igor = serve(`${server}\n`, folder, environmentFor(editor));
		const answer = fetch(await igor.ready());
		await runThrough(editor);
		expect(await (await answer).text()).toBe('42');
	});

	test('so does a script', async () => {
		await using editor = await Editor.open();
		const ended = sh(script, folder, environmentFor(editor));
		await runThrough(editor);
		expect(await ended).toMatchObject({ status: 0, out: '42' });
	});

	test('with the trigger, only a request that asks for it', async () => {
		await using editor = await Editor.open();
		const igor = serveCaddyfile(page.take('caddyfile', 'Caddyfile'), folder, environmentFor(editor));
		const url = await igor.ready();
		expect(await (await fetch(url)).text()).toBe('42');
		expect(editor.waiting).toBe(0);
		const answer = fetch(`${url}/?XDEBUG_TRIGGER=1`);
		await runThrough(editor);
		expect(await (await answer).text()).toBe('42');
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
