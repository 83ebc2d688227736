import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { cleanUp } from '../../program/support/igor.ts';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import type { Visitor } from '../support/playground.ts';
import { SHOP_ZIP, shopFolder, shopZipFile } from '../support/shop.ts';
import { usePlayground } from '../support/use-playground.ts';

describe.skipIf(lacking(noChromium))('a project of the visitor', () => {
	const setting = usePlayground();
	afterEach(cleanUp);

	const openDialog = (visitor: Visitor) => visitor.page.getByRole('button', { name: 'Open', exact: true }).click();

	test('comes in a zip, runs, and is there after a reload with its edits', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		expect(await visitor.app.locator('h1').innerText()).toMatch(/^Hello from PHP 8\.4/);
		await openDialog(visitor);
		await visitor.page
			.getByLabel('A zip …')
			.setInputFiles({ name: 'shop.zip', mimeType: 'application/zip', buffer: SHOP_ZIP });
		await visitor.app.getByText('4 bytes').waitFor();
		await visitor.edit('public/index.php', '<h1>Edited shop</h1>');
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.app.getByText('Edited shop').waitFor();
		await visitor.page.reload();
		await visitor.app.getByText('Edited shop').waitFor();
		await visitor.page.getByRole('button', { name: 'Reset' }).click();
		await visitor.app.getByText('4 bytes').waitFor();
		visitor.expectNoErrors();
	});

	test('comes from an address that allows it, and others are told what to do', async () => {
		const elsewhere = createServer(({ url }, response) => {
			if (url === '/open.zip') response.setHeader('Access-Control-Allow-Origin', '*');
			response.end(SHOP_ZIP);
		});
		onTestFinished(() => void elsewhere.close());
		await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
		const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await openDialog(visitor);
		const address = visitor.page.getByLabel('Address of a zip');
		await address.fill(`${origin}/closed.zip`);
		await address.press('Enter');
		await visitor.page
			.getByRole('alert')
			.getByText(/127[\s\S]*CORS[\s\S]*Download the zip yourself/)
			.waitFor();
		await address.fill(`${origin}/open.zip`);
		await address.press('Enter');
		await visitor.app.getByText('My shop').waitFor();
	});

	test('comes from a folder that is chosen, with all that is below it', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await openDialog(visitor);
		await visitor.page.getByLabel('A folder …').setInputFiles(shopFolder());
		await visitor.app.getByText('4 bytes').waitFor();
		await visitor.page.getByLabel('Files').getByRole('button', { name: 'page.php' }).waitFor();
		visitor.expectNoErrors();
	});

	test('comes by dropping a folder, or a zip, anywhere on the page', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await drop(visitor, shopFolder());
		await visitor.app.getByText('4 bytes').waitFor();
		await visitor.edit('public/index.php', '<h1>Edited shop</h1>');
		await drop(visitor, shopZipFile());
		await visitor.app.getByText('4 bytes').waitFor();
		visitor.expectNoErrors();
	});

	test('is refused with a reason when what was dropped is none, and the app goes on', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await drop(visitor, shopZipFile('not-a.zip', Uint8Array.of(1, 2, 3)));
		await visitor.page.locator('.notice').getByText('not-a.zip').waitFor();
		await visitor.app.getByText('Hello from PHP').waitFor();
	});

	test('is served as its settings say, by another PHP', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await visitor.edit('public/index.php', '<h1><?= PHP_VERSION, " ", ini_get("memory_limit") ?></h1>');
		await visitor.page.getByRole('button', { name: 'Settings' }).click();
		await visitor.page.getByRole('combobox', { name: 'PHP', exact: true }).selectOption('8.2');
		await visitor.page.getByLabel('php.ini').fill('memory_limit = 48M');
		await visitor.page.getByLabel('Threads for classic requests').fill('99');
		await visitor.page.getByRole('button', { name: 'Save and run' }).click();
		await visitor.page.getByRole('alert').getByText('a whole number from 1 to 16').waitFor();
		await visitor.page.getByLabel('Threads for classic requests').fill('3');
		await visitor.page.getByRole('button', { name: 'Save and run' }).click();
		await visitor.app.getByText(/^8\.2\.\d+ 48M$/).waitFor();
		await visitor.page.getByRole('tab', { name: 'Threads' }).click();
		await expect.poll(() => visitor.page.locator('.threads th', { hasText: 'classic' }).count()).toBe(3);
		visitor.expectNoErrors();
	});
});

/** Drops a file or folder of this machine onto the page, as the system does. */
async function drop({ context, page }: Visitor, path: string): Promise<void> {
	const browser = await context.newCDPSession(page);
	const data = { items: [], files: [path], dragOperationsMask: 1 };
	for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
		await browser.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
	}
	await browser.detach();
}
