import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { expectFocus, isFocused, tabTo, unreachable } from '../support/keyboard.ts';
import { usePlayground } from '../support/use-playground.ts';

describe.skipIf(lacking(noChromium))('the keyboard alone', () => {
	const setting = usePlayground();

	test('reaches all that a mouse can use, wide and on a phone', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.page.locator('.cm-content').waitFor();
		await visitor.send('/');
		await visitor.sidekick('feature-flags').locator('.state', { hasText: 'ready' }).waitFor();
		expect(await unreachable(visitor.page)).toEqual([]);
		await visitor.page.setViewportSize({ width: 360, height: 740 });
		expect(await unreachable(visitor.page)).toEqual([]);
	});

	test('skips the head, and chooses a scenario', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		const { keyboard } = page;
		await visitor.open('feature-flags');
		await page.locator('.cm-content').waitFor();

		// The first stop leads past the head.
		await keyboard.press('Tab');
		expect(await isFocused(page.getByRole('button', { name: 'Skip to the panels' }))).toBe(true);
		await keyboard.press('Enter');
		expect(await isFocused(page.locator('#panels'))).toBe(true);
		await keyboard.press('Tab');
		expect(await visitor.panel('code').locator(':focus').count()).toBe(1);

		// Another scenario, by the first letters of its name.
		await tabTo(page, page.getByRole('combobox', { name: 'Scenario' }));
		await keyboard.type('Blank');
		await visitor.app.getByText('Hello from PHP').waitFor();
		await expectFocus(page, 'choosing a scenario');

		visitor.expectNoErrors();
	});

	test('makes a file, gives it another name, deletes it, and undoes that', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		const { keyboard } = page;
		await visitor.open('blank');
		const files = page.getByRole('navigation', { name: 'Files' });
		await tabTo(page, files.getByRole('button', { name: 'New file' }));
		await keyboard.press('Enter');
		// The folder of the open file stands there already.
		await keyboard.type('second.php');
		await keyboard.press('Enter');
		await files.locator('.file', { hasText: 'second.php' }).waitFor();
		await expectFocus(page, 'making a file');
		await tabTo(page, files.getByRole('button', { name: 'Rename' }));
		await keyboard.press('Enter');
		await keyboard.press('Escape');
		await expectFocus(page, 'giving up a name');
		await tabTo(page, files.getByRole('button', { name: 'Rename' }));
		await keyboard.press('Enter');
		await keyboard.press('Control+a');
		await keyboard.type('public/third.php');
		await keyboard.press('Enter');
		await files.locator('.file', { hasText: 'third.php' }).waitFor();
		await expectFocus(page, 'renaming a file');
		await tabTo(page, files.getByRole('button', { name: 'Delete' }));
		await keyboard.press('Enter');
		await files.locator('.file', { hasText: 'third.php' }).waitFor({ state: 'detached' });
		await expectFocus(page, 'deleting a file');
		await tabTo(page, page.getByRole('button', { name: 'Undo' }));
		await keyboard.press('Enter');
		await files.locator('.file', { hasText: 'third.php' }).waitFor();
		await expectFocus(page, 'the undo');

		visitor.expectNoErrors();
	});

	test('types code, runs it, goes into the app and out of it, and moves the panels', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		const { keyboard } = page;
		await visitor.open('blank');
		await page.locator('.cm-content').waitFor();
		const files = page.getByRole('navigation', { name: 'Files' });
		await tabTo(page, files.locator('.file', { hasText: 'index.php' }));
		await keyboard.press('Enter');
		await tabTo(page, page.locator('.cm-content'));
		await keyboard.press('Control+a');
		await keyboard.type('<h1>typed</h1><a href="/third.php">on</a>');
		await keyboard.press('Control+Enter');
		await visitor.app.getByText('typed').waitFor();
		expect(await isFocused(page.locator('.cm-content'))).toBe(true);

		// Into the app, and out of it.
		await tabTo(page, page.getByLabel('Address in the app'));
		await keyboard.press('Control+a');
		await keyboard.type('/?again');
		await keyboard.press('Enter');
		await visitor.app.getByRole('link', { name: 'on' }).waitFor();
		await tabTo(page, page.locator('iframe[title="The app"]'));
		await tabTo(page, page.getByRole('separator', { name: 'Height of code and app' }));
		const share = () => page.getByRole('separator', { name: 'Height of code and app' }).getAttribute('aria-valuenow');
		const before = Number(await share());
		await keyboard.press('ArrowDown');
		expect(Number(await share())).toBeGreaterThan(before);
		await keyboard.press('Enter');
		expect(Number(await share())).toBe(before);

		// A panel takes the page, and gives it back.
		await tabTo(page, page.getByRole('button', { name: 'Maximise the requests' }));
		await keyboard.press('Enter');
		expect(await visitor.panel('app').isVisible()).toBe(false);
		await expectFocus(page, 'maximising a panel');
		await keyboard.press('Enter');
		expect(await visitor.panel('app').isVisible()).toBe(true);
		visitor.expectNoErrors();
	});

	test('sends a request, and starts and ends a load', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		const { keyboard } = page;
		await visitor.open('feature-flags');
		const requests = visitor.panel('requests');
		await tabTo(page, requests.getByLabel('Method'));
		await keyboard.type('POST');
		await tabTo(page, requests.getByLabel('Path'));
		await keyboard.press('Control+a');
		await keyboard.type('/');
		await tabTo(page, requests.getByLabel('Body'));
		await keyboard.type('a=b');
		await tabTo(page, requests.getByRole('button', { name: 'Send' }));
		await keyboard.press('Enter');
		await requests.locator('.answer .status', { hasText: '200' }).waitFor();
		await expectFocus(page, 'sending a request');
		await tabTo(page, requests.locator('.answer summary'));
		await keyboard.press('Enter');
		await requests.locator('.headers').waitFor();

		await tabTo(page, requests.getByRole('button', { name: 'Start' }));
		await keyboard.press('Enter');
		await requests.getByRole('button', { name: 'Stop' }).waitFor();
		await expectFocus(page, 'starting a load');
		await keyboard.press('Enter');
		await requests.getByRole('button', { name: 'Start' }).waitFor();
		await expectFocus(page, 'ending a load');

		visitor.expectNoErrors();
	});

	test('reads the timeline, restarts a sidekick, and ends a thread', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		const { keyboard } = page;
		await visitor.open('feature-flags');
		await tabTo(page, page.locator('canvas'));
		await keyboard.press('ArrowLeft');
		await keyboard.press('Enter');
		await expect.poll(() => isFocused(page.locator('.timeline-details'))).toBe(true);
		await keyboard.press('Escape');
		await expectFocus(page, 'closing the details');

		await tabTo(page, page.getByRole('button', { name: 'Restart feature-flags' }));
		await keyboard.press('Enter');
		await visitor.sidekick('feature-flags').locator('.state', { hasText: 'ready' }).waitFor();
		await expectFocus(page, 'restarting a sidekick');

		await tabTo(page, page.getByRole('tab', { name: 'Log' }));
		await keyboard.press('ArrowRight');
		const ends = visitor.panel('log').getByRole('button', { name: /^End thread/ });
		await ends.first().waitFor();
		const all = await ends.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));
		const last = visitor.panel('log').getByRole('button', { name: all.at(-1) ?? '', exact: true });
		await tabTo(page, last);
		await keyboard.press('Enter');
		await last.waitFor({ state: 'detached' });
		await expectFocus(page, 'ending a thread');
		visitor.expectNoErrors();
	});

	test('gets out of trouble: a loop is stopped', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		await visitor.open('blank');
		await visitor.edit('public/index.php', '<?php if (isset($_GET["loop"])) while (true); ?><h1>quick</h1>');
		await page.keyboard.press('Control+Enter');
		await visitor.app.getByText('quick').waitFor();
		await visitor.send('/?loop');
		const stop = visitor.panel('app').getByRole('button', { name: 'Stop' });
		await stop.waitFor({ timeout: 20_000 });
		await tabTo(page, stop);
		await page.keyboard.press('Enter');
		await stop.waitFor({ state: 'detached', timeout: 20_000 });
		await expectFocus(page, 'stopping a loop');

		visitor.expectNoErrors();
	});

	test('opens and closes each dialog, and comes back to where it was', async () => {
		const visitor = await setting.visitor();
		const { page } = visitor;
		await visitor.open('blank');
		for (const name of ['Open', 'Settings', 'Share', 'What is a sidekick?']) {
			const button = page.getByRole('button', { name, exact: true });
			await tabTo(page, button);
			await page.keyboard.press('Enter');
			const dialog = page.getByRole('dialog');
			await dialog.waitFor();
			await tabTo(page, dialog.getByRole('button', { name: 'Close' }));
			await page.keyboard.press('Enter');
			await dialog.waitFor({ state: 'detached' });
			expect(await isFocused(button), name).toBe(true);
		}
		await tabTo(page, page.getByRole('button', { name: 'Settings' }));
		await page.keyboard.press('Enter');
		await tabTo(page, page.getByLabel('php.ini'));
		await page.keyboard.type('memory_limit = 48M');
		await tabTo(page, page.getByRole('button', { name: 'Add a worker' }));
		await page.keyboard.press('Enter');
		await tabTo(page, page.getByRole('button', { name: /^Remove the worker/ }));
		await page.keyboard.press('Enter');
		await expectFocus(page, 'removing a worker');
		await tabTo(page, page.getByRole('button', { name: 'Save and run' }));
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await expectFocus(page, 'saving the settings');
		visitor.expectNoErrors();
	});
});
