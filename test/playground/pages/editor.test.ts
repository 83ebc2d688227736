import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { usePlayground } from '../support/use-playground.ts';

describe.skipIf(lacking(noChromium))('the editor', () => {
	const setting = usePlayground();

	test('shows PHP’s errors at their lines, until they are edited', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await visitor.edit('public/index.php', '<?php\necho "<h1>before</h1>";\nnobody_has_this();\n');
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		const marked = visitor.page.locator('.cm-line', { has: visitor.page.locator('.cm-php-error') });
		await expect
			.poll(() => marked.allInnerTexts())
			.toEqual([
				expect.stringMatching(/^nobody_has_this\(\);.*Fatal error: Uncaught Error: Call to undefined function/),
			]);
		expect(await visitor.page.locator('.cm-error-dot').count()).toBe(1);
		await visitor.edit('public/index.php', '<?php\necho "<h1>mended</h1>";\n');
		await expect.poll(() => marked.count()).toBe(0);
	});

	test('is tall, searches, and takes the whole page without reloading the app', async () => {
		const visitor = await setting.visitor();
		await visitor.open('crash-recovery');
		const editor = visitor.page.locator('.cm-content');
		await editor.waitFor();
		const height = () => visitor.page.locator('.cm-scroller').evaluate(({ clientHeight }) => clientHeight);
		const line = await visitor.page
			.locator('.cm-line')
			.first()
			.evaluate(({ clientHeight }) => clientHeight);
		const lines = (await height()) / line;
		expect(lines).toBeGreaterThanOrEqual(18);
		await editor.click();
		await visitor.page.keyboard.press('Control+f');
		await visitor.page.keyboard.type('celsius');
		await expect.poll(() => visitor.page.locator('.cm-searchMatch').count()).toBeGreaterThan(1);
		await visitor.page.keyboard.press('Escape');

		await visitor.app.locator('body').evaluate((body) => body.setAttribute('data-same', 'yes'));
		await visitor.page.getByRole('button', { name: 'Maximise the code' }).click();
		expect((await height()) / line).toBeGreaterThan(lines * 1.5);
		expect(await visitor.panel('app').isVisible()).toBe(false);
		await visitor.page.getByRole('button', { name: 'Show all panels' }).click();
		expect(await visitor.panel('app').isVisible()).toBe(true);
		expect(await visitor.app.locator('body').getAttribute('data-same')).toBe('yes');
		visitor.expectNoErrors();
	});
});
