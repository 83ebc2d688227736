import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import type { Visitor } from '../support/playground.ts';
import { usePlayground } from '../support/use-playground.ts';

/** A worker script around a handler. */
const worker = (handler: string): string => `<?php while (frankenphp_handle_request(function () { ${handler} }));`;
const LOOP = worker('if (isset($_GET["loop"])) { while (true) {} } echo "<h1>quick</h1>";');

describe.skipIf(lacking(noChromium))('the playground in trouble', () => {
	const setting = usePlayground();

	/** What stands where the app would be. */
	const alertOf = (visitor: Visitor) => visitor.panel('app').getByRole('alert');

	test.for([
		[
			'without JSPI',
			() => {
				Reflect.deleteProperty(WebAssembly, 'Suspending');
			},
			/JSPI[\s\S]*Chrome or Edge/,
		],
		[
			'without shared memory',
			() => {
				Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false });
			},
			/isolated|shared memory/,
		],
	] as const)('%s one clear sentence, and no half-started runtime', async ([, cripple, sentence]) => {
		const visitor = await setting.visitor({}, (context) => context.addInitScript(cripple));
		await visitor.visit('feature-flags');
		await expect.poll(() => alertOf(visitor).innerText(), { timeout: 20_000 }).toMatch(sentence);
		expect(visitor.page.workers()).toEqual([]);
		visitor.expectNoErrors();
	});

	test('without service workers, as in some private windows: one clear sentence', async () => {
		const visitor = await setting.visitor({}, (context) =>
			context.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined })),
		);
		await visitor.visit('feature-flags');
		await expect.poll(() => alertOf(visitor).innerText(), { timeout: 20_000 }).toMatch(/service worker/i);
	});

	test('when the storage is full, says that edits live in this tab only', async () => {
		const visitor = await setting.visitor({}, (context) =>
			context.addInitScript(() => {
				Storage.prototype.setItem = function (key: string): void {
					if (this === localStorage) throw new DOMException(`No room for ${key}`, 'QuotaExceededError');
				};
			}),
		);
		await visitor.open('feature-flags');
		await visitor.edit('config/flags.json', '{"headline": "Kept in this tab"}');
		await visitor.app.getByText('Kept in this tab').waitFor();
		await visitor.page.locator('.notice').getByText(/tab/).first().waitFor();
		visitor.expectNoErrors();
	});

	test('shows a fatal error of PHP, and goes on', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.edit('public/index.php', worker('undefined_function();'));
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.page
			.getByText(/Call to undefined function undefined_function/)
			.first()
			.waitFor();
		await visitor.edit('public/index.php', worker('echo "<h1>mended</h1>";'));
		await visitor.page.getByRole('button', { name: /^Run/ }).first().click();
		await visitor.app.getByText('mended').waitFor();
	});

	test('says why an app cannot go on, and runs the next one', async () => {
		const visitor = await setting.visitor();
		await visitor.open('feature-flags');
		await visitor.edit('public/index.php', '<?php exit(3);');
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await expect
			.poll(() => alertOf(visitor).innerText(), { timeout: 20_000 })
			.toMatch(/public\/index\.php[\s\S]*status 3/);
		await visitor.page.getByRole('combobox', { name: 'Scenario' }).selectOption('crash-recovery');
		await visitor.app.getByRole('heading', { name: 'Crash and recovery' }).waitFor();
	});

	test('stops an endless loop before the first request, and runs the corrected code', async () => {
		const visitor = await setting.visitor();
		await visitor.open('without-sidekicks');
		const run = visitor.page.getByRole('button', { name: 'Run', exact: true });
		await visitor.edit('public/index.php', '<?php while (true);');
		await run.click();
		await visitor.panel('app').getByRole('button', { name: 'Stop' }).click({ timeout: 20_000 });
		expect(await alertOf(visitor).innerText()).toMatch(/stopped the start[\s\S]*Correct the code/);
		await run.click();
		// Without a stop: the corrected code takes the place of a start that never ends.
		await visitor.panel('app').getByText('1 of 1').waitFor({ timeout: 20_000 });
		await visitor.edit('public/index.php', worker('echo "<h1>mended</h1>";'));
		await run.click();
		await visitor.app.getByText('mended').waitFor();
		visitor.expectNoErrors();
	});

	test('says what an empty frame waits for', async () => {
		const visitor = await setting.visitor();
		await visitor.open('slow-start');
		await visitor.edit(
			'public/index.php',
			worker('frankenphp_sidekick_get_vars("price-list"); echo "<h1>has read</h1>";'),
		);
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.panel('app').getByText('Waiting for sidekick price-list').waitFor();
		await visitor.app.getByText('has read').waitFor();
		expect(await visitor.panel('app').getByText('Waiting for').count()).toBe(0);
		visitor.expectNoErrors();
	});

	test('ends an endless loop by a button', async () => {
		const visitor = await setting.visitor();
		await visitor.open('without-sidekicks');
		await visitor.edit('public/index.php', LOOP);
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.app.getByText('quick').waitFor();
		await visitor.send('/index.php?loop');
		await visitor.panel('app').getByRole('button', { name: 'Stop' }).click({ timeout: 20_000 });
		await visitor.panel('requests').locator('.answer .status', { hasText: '500' }).waitFor();
		await visitor.send('/index.php');
		await visitor.panel('requests').locator('.answer .status', { hasText: '200' }).waitFor();
	});

	test('ends an endless loop by the time limit', async () => {
		const visitor = await setting.visitor();
		await visitor.open('without-sidekicks');
		await visitor.edit('public/index.php', LOOP.replace('if (isset', 'set_time_limit(1); if (isset'));
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.app.getByText('quick').waitFor();
		await visitor.send('/index.php?loop');
		await visitor.panel('requests').locator('.answer .status', { hasText: '500' }).waitFor({ timeout: 15_000 });
		await expect.poll(() => visitor.log()).toMatch(/Maximum execution time of 1 second/);
	});

	test('goes on while its tab is in the background', async () => {
		const visitor = await setting.visitor();
		await visitor.open('crash-recovery');
		const other = await visitor.context.newPage();
		await other.bringToFront();
		const version = async () => Number(/version (\d+)/.exec(await visitor.sidekick('thermometer').innerText())?.[1]);
		const before = await version();
		await expect.poll(version, { timeout: 15_000 }).toBeGreaterThan(before + 5);
		visitor.expectNoErrors();
	});
});
