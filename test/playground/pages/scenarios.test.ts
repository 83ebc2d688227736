import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { accessibilityProblems } from '../support/accessibility.ts';
import { takePicture } from '../support/pictures.ts';
import type { Visitor } from '../support/playground.ts';
import { usePlayground } from '../support/use-playground.ts';

const NARROW_PANELS = ['code', 'app', 'timeline', 'requests', 'sidekicks', 'log'] as const;
/** For what a scenario takes several seconds to do, milliseconds. */
const patient = { timeout: 15_000 };

/** What each scenario promises to a visitor who does what it says. */
const PROMISES: Readonly<Record<string, (visitor: Visitor) => Promise<void>>> = {
	'feature-flags': async (visitor) => {
		await visitor.edit('config/flags.json', '{"headline": "Seen at once", "accent": "teal", "discount": 20}');
		await visitor.app.getByText('Seen at once').waitFor(patient);
		await visitor.sidekick('feature-flags').getByText('Seen at once').waitFor(patient);
	},
	failover: async (visitor) => {
		const epoch = visitor.sidekick('redis-master').getByText('version');
		const before = await epoch.innerText();
		await visitor.app.getByRole('button', { name: 'Promote' }).nth(1).click();
		await expect.poll(() => epoch.innerText(), patient).not.toBe(before);
	},
	'secret-rotation': async (visitor) => {
		await expect.poll(() => versionOf(visitor, 'database-password'), patient).toBeGreaterThan(1);
	},
	'slow-start': async (visitor) => {
		await visitor.send('/?format=json', 8);
		// The page's own requests started it.
		await visitor.panel('requests').getByText('200').first().waitFor(patient);
		// The answers and the log's lines come by different ways.
		await expect.poll(() => visitor.log(), patient).toMatch(/is ready after \d+ ms/);
	},
	'crash-recovery': async (visitor) => {
		await visitor.app.getByRole('button', { name: 'four times in a row' }).click();
		await expect.poll(() => visitor.log(), patient).toMatch(/starts again in 1000 ms/);
		await expect(visitor.app.locator('#failed').innerText()).resolves.toBe('0');
	},
	'parallel-start': async (visitor) => {
		await visitor.send('/?format=json&start=together');
		await visitor.panel('requests').locator('.answer .status', { hasText: '200' }).waitFor(patient);
		await expect.poll(() => visitor.page.locator('.sidekick .state[data-state=ready]').count(), patient).toBe(3);
	},
	'background-tasks': async (visitor) => {
		await visitor.app.getByRole('button', { name: 'Three imports' }).click();
		// Progress is seen before the end, and the third waits for a thread.
		const running = visitor.app.locator('#imports li', { hasText: 'of 20 by thread' });
		await running.first().waitFor(patient);
		await visitor.app.getByText('waits for a thread').first().waitFor(patient);
		await running.first().getByRole('button', { name: 'Cancel' }).click();
		await visitor.app.getByText(/^cancelled after [1-9]/).waitFor(patient);
		await expect.poll(() => visitor.log(), patient).toMatch(/An import ended early/);
		await expect.poll(() => visitor.app.getByText('20 books are in').count(), patient).toBe(2);
	},
	'ignores-stop': async (visitor) => {
		await visitor.page.getByLabel('Restart stubborn').click();
		await expect.poll(() => visitor.log(), patient).toMatch(/did not stop within 3 s; its thread is terminated/);
	},
	blank: async (visitor) => {
		await visitor.app.getByText('Hello from PHP').waitFor(patient);
	},
	'without-sidekicks': async (visitor) => {
		await visitor.app
			.getByText(/the file/)
			.first()
			.waitFor(patient);
		expect(await visitor.page.locator('.sidekick').count()).toBe(0);
	},
};

async function versionOf(visitor: Visitor, sidekick: string): Promise<number> {
	const text = await visitor.sidekick(sidekick).innerText();
	return Number(/version (\d+)/.exec(text)?.[1] ?? 0);
}

describe.skipIf(lacking(noChromium))('a visitor sees', () => {
	const setting = usePlayground();

	test.for(Object.entries(PROMISES))('%s', async ([name, keepsItsPromise]) => {
		const visitor = await setting.visitor();
		await visitor.open(name);
		await keepsItsPromise(visitor);
		expect(await takePictures(visitor, name)).toEqual([]);
		visitor.expectNoErrors();
	});
});

/** Of the app at work: wide and narrow, light and dark. @returns what of it not everybody can use */
async function takePictures({ page }: Visitor, name: string): Promise<string[]> {
	const problems: string[] = [];
	const look = async (view: string, isNew = true) => {
		await takePicture(page, `${name}-${view}`);
		if (isNew) for (const problem of await accessibilityProblems(page)) problems.push(`${view}: ${problem}`);
		const { width = 0 } = page.viewportSize() ?? {};
		if ((await page.evaluate(() => document.documentElement.scrollWidth)) > width) problems.push(`${view}: too wide`);
	};
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width: 1440, height: 900 });
		await look(`wide-${colorScheme}`);
		await page.setViewportSize({ width: 360, height: 740 });
		for (const panel of NARROW_PANELS) {
			await page.locator('.panel-tabs button', { hasText: new RegExp(panel, 'i') }).click();
			// The colours were those of the wide page, and the rest that of the light one.
			await look(`narrow-${colorScheme}-${panel}`, colorScheme === 'light');
		}
	}
	return problems;
}
