import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostedFile, StaticHost } from '../platform/browser/service-worker/support/static-host.ts';
import { takePicture } from '../playground/support/pictures.ts';
import { hostPlayground } from '../playground/support/playground.ts';
import { runProgram } from '../program/support/command-line.ts';
import { launchChromium, noChromium } from '../support/browsers/chromium.ts';
import { lacking } from '../support/lacking.ts';
import { ROOT } from './support/pages.ts';

/** Where the host has its files. */
const BASE = '/some/path/';
const PAGE = 'start/first-sidekick.html';
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
/** For an app in a frame of a frame, milliseconds. */
const patient = { timeout: 30_000 };

describe.skipIf(lacking(noChromium))('listings of the first steps, on the built pages', () => {
	const out = mkdtempSync(join(tmpdir(), 'igor-docs-'));
	let host: StaticHost;
	let browser: Browser;

	beforeAll(async () => {
		const script = join(ROOT, 'scripts/build-docs.mjs');
		const { status } = await runProgram(process.execPath, [script, '--no-playground', '--base', BASE, '--out', out], {
			cwd: ROOT,
		});
		expect(status).toBe(0);
		[browser, host] = await Promise.all([launchChromium(), hostPlayground()]);
		const playground = [...host.files].map(([name, file]): [string, HostedFile] => [`playground/${name}`, file]);
		host.files.clear();
		for (const [name, file] of playground) host.files.set(name, file);
		for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
			if (!entry.isFile()) continue;
			const path = join(entry.parentPath, entry.name);
			host.files.set(path.slice(out.length + 1), { content: readFileSync(path) });
		}
	}, 180_000);
	afterAll(async () => {
		await browser?.close();
		await host?.[Symbol.asyncDispose]();
		rmSync(out, { recursive: true, force: true });
	});

	test('run in place as one application, which is loaded by the click only', async () => {
		host.headers = ISOLATED;
		const page = await browser.newPage();
		await page.goto(`${host.url}${PAGE}`);
		const run = page.getByRole('button', { name: /^Run .* in the playground$/ });
		await expect.poll(() => run.count(), patient).toBe(5);
		expect(host.asked.filter((path) => path.startsWith('playground/'))).toEqual([]);
		await page.getByRole('button', { name: 'Run config/flags.json' }).click();
		const frame = page.frameLocator('iframe');
		await frame.frameLocator('iframe[title="The app"]').getByText('old checkout').waitFor(patient);
		await frame.getByText('"new-checkout"').first().waitFor(patient);
		await page.getByRole('button', { name: 'Run public/unknown.php' }).click();
		const second = page.frameLocator('iframe[title="The playground with public/unknown.php"]');
		await second.frameLocator('iframe[title="The app"]').getByText('Unknown sidekick: feature-flag').waitFor(patient);
		await takePicture(page, 'docs-frame-wide', true);
		await page.emulateMedia({ colorScheme: 'dark' });
		await page.setViewportSize({ width: 360, height: 740 });
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
		await takePicture(page, 'docs-frame-narrow', true);
		await page.close();
	});

	test('open a tab of their own on a host that shares no memory', async () => {
		host.headers = {};
		const page = await browser.newPage();
		await page.goto(`${host.url}${PAGE}`);
		const tab = page.context().waitForEvent('page');
		await page.getByRole('button', { name: 'Run public/index.php' }).click();
		const whole = await tab;
		await whole.frameLocator('iframe[title="The app"]').getByText('old checkout').waitFor(patient);
		expect(await page.locator('iframe').count()).toBe(0);
		await page.context().close();
	});
});
