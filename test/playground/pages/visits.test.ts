import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, Igor } from '../../program/support/igor.ts';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { accessibilityProblems } from '../support/accessibility.ts';
import { usePlayground } from '../support/use-playground.ts';

const FLAGS = '{"headline": "Edited by me", "accent": "teal", "discount": 5}';

describe.skipIf(lacking(noChromium))('the playground on a bare static host, below a path', () => {
	const setting = usePlayground();
	afterEach(cleanUp);

	test('shows an app on the first visit, without an error in the console', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.sidekick('feature-flags').locator('.state', { hasText: 'ready' }).waitFor();
		visitor.expectNoErrors();
	});

	test('starts without a network on the second visit', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		const isKept = () => visitor.page.evaluate(() => performance.getEntriesByName('igor-kept').length > 0);
		await expect.poll(isKept, { timeout: 20_000 }).toBe(true);
		await visitor.context.setOffline(true);
		const later = await visitor.anotherTab();
		await later.open('crash-recovery');
		expect(await later.app.locator('body').innerText()).toMatch(/^Crash and recovery\n/);
		later.expectNoErrors();
	});

	test('keeps edits over a reload, and forgets them on Reset', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.edit('config/flags.json', FLAGS);
		await visitor.app.getByText('Edited by me').waitFor();
		await visitor.page.reload();
		await visitor.app.getByText('Edited by me').waitFor();
		await visitor.page.getByRole('button', { name: 'Reset' }).click();
		await visitor.app.getByText('Ready for the rain?').waitFor();
		visitor.expectNoErrors();
	});

	test('shares edits by a link, which another visitor opens', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.edit('config/flags.json', FLAGS);
		await visitor.app.getByText('Edited by me').waitFor();
		await visitor.page.getByRole('button', { name: 'Share' }).click();
		const link = visitor.page.getByLabel('Link', { exact: true });
		await expect.poll(() => link.inputValue()).toMatch(/#feature-flags\/./);
		expect(await visitor.page.locator('dialog').innerText()).toMatch(/The link has \d+ B/);
		const other = await setting.visitor();
		await other.page.goto(await link.inputValue());
		await other.app.getByText('Edited by me').waitFor();
		other.expectNoErrors();
	});

	test('says so when a link is damaged', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags/1/%%%broken');
		await visitor.page.locator('.notice').getByText(/link/i).first().waitFor();
		visitor.expectNoErrors();
	});

	test('gives a zip that npx igor php-server runs as it is', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.edit('config/flags.json', FLAGS);
		await visitor.app.getByText('Edited by me').waitFor();
		const [download] = await Promise.all([
			visitor.page.waitForEvent('download'),
			visitor.page.getByRole('button', { name: 'Download' }).click(),
		]);
		const folder = mkdtempSync(join(tmpdir(), 'igor-zip-'));
		try {
			const zip = join(folder, 'app.zip');
			await download.saveAs(zip);
			for (const [path, content] of Object.entries(unzipSync(readFileSync(zip)))) {
				const file = join(folder, path);
				mkdirSync(dirname(path.endsWith('/') ? join(file, 'x') : file), { recursive: true });
				if (!path.endsWith('/')) writeFileSync(file, content);
			}
			const app = join(folder, Object.keys(unzipSync(readFileSync(zip)))[0]?.split('/')[0] ?? '');
			const { scripts } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as {
				scripts: { start: string };
			};
			const [npx, igor, command = '', ...options] = scripts.start.split(' ');
			expect([npx, igor, command]).toEqual(['npx', 'igor', 'php-server']);
			const url = await new Igor([command, '--listen', '127.0.0.1:0', ...options], app).ready();
			expect(await (await fetch(url)).text()).toContain('Edited by me');
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});

	test('runs in two tabs at once, each with its own app', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		const other = await visitor.anotherTab();
		await other.open('crash-recovery');
		expect(await other.app.locator('h1').innerText()).toBe('Crash and recovery');
		expect(await visitor.app.locator('h1').innerText()).toBe('Ready for the rain?');
		await visitor.app.locator('body').evaluate(() => location.reload());
		await visitor.app.getByText('Ready for the rain?').waitFor();
		visitor.expectNoErrors();
		other.expectNoErrors();
	});

	test('survives reloads in the middle of everything', async () => {
		const visitor = await setting.visitor();
		await visitor.visit('slow-start');
		for (const milliseconds of [50, 400, 900, 1500]) {
			await visitor.page
				.evaluate((wait) => new Promise((resolve) => setTimeout(resolve, wait)), milliseconds)
				.catch(() => {});
			// On a first visit the page reloads itself once, and may do so in this very moment.
			await visitor.page.reload().catch(() => {});
		}
		await visitor.shown();
		visitor.expectNoErrors();
	});

	test('follows when the visitor chooses another scenario before the first one runs', async () => {
		const visitor = await setting.visitor();
		await visitor.visit('slow-start');
		const chooser = visitor.page.getByRole('combobox', { name: 'Scenario' });
		for (const scenario of ['failover', 'parallel-start', 'crash-recovery']) await chooser.selectOption(scenario);
		await visitor.app.getByRole('heading', { name: 'Crash and recovery' }).waitFor();
		visitor.expectNoErrors();
	});

	test('has dialogs that everybody can use, by keyboard alone and on a phone', async () => {
		const visitor = await setting.visitor({ viewport: { width: 360, height: 740 } });
		await visitor.open('blank');
		const last = await visitor.page.getByRole('button', { name: /^Colours/ }).boundingBox();
		expect((last?.x ?? 0) + (last?.width ?? 360), 'nothing of the head is cut off').toBeLessThanOrEqual(360);
		for (const colorScheme of ['light', 'dark'] as const) {
			await visitor.page.emulateMedia({ colorScheme });
			for (const name of ['Open', 'Settings', 'Share', 'What is a sidekick?']) {
				const button = visitor.page.getByRole('button', { name, exact: true });
				await button.focus();
				await visitor.page.keyboard.press('Enter');
				const dialog = visitor.page.getByRole('dialog');
				await dialog.waitFor();
				expect(await accessibilityProblems(visitor.page), name).toEqual([]);
				const { x = -1, width = 0 } = (await dialog.boundingBox()) ?? {};
				expect(x, name).toBeGreaterThanOrEqual(0);
				expect(x + width, name).toBeLessThanOrEqual(360);
				await visitor.page.keyboard.press('Escape');
				await dialog.waitFor({ state: 'detached' });
				expect(await button.evaluate((element) => element === document.activeElement), name).toBe(true);
			}
		}
		visitor.expectNoErrors();
	});

	test('can be used by keyboard alone', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		const path = visitor.panel('requests').getByLabel('Path');
		const isPath = () => path.evaluate((input) => input === document.activeElement);
		for (let presses = 0; !(await isPath()); presses++) {
			expect(presses, 'the path is reached by the Tab key').toBeLessThan(80);
			await visitor.page.keyboard.press('Tab');
			// A code editor takes the Tab key for itself, and gives it back after Escape.
			await visitor.page.keyboard.press('Escape');
		}
		await visitor.page.keyboard.press('Enter');
		await visitor.panel('requests').locator('.answer .status', { hasText: '200' }).waitFor();
		visitor.expectNoErrors();
	});
});
