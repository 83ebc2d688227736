import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Presses of Tab that lead around the whole page, and more. */
const MOST = 250;

/** Goes to an element by Tab alone. A code editor keeps that key for itself, and gives it back after Escape. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
	for (let presses = 0; !(await isFocused(target)); presses++) {
		expect(presses, `Tab gets to ${target}`).toBeLessThan(MOST);
		if (await page.evaluate(() => document.activeElement?.closest('.cm-editor') != null)) {
			await page.keyboard.press('Escape');
		}
		await page.keyboard.press('Tab');
	}
}

/** Whether an element is there and has the focus. */
export async function isFocused(target: Locator): Promise<boolean> {
	return (await target.count()) === 1 && target.evaluate((element) => element === document.activeElement);
}

/** Nothing that was done has taken the focus away: whoever cannot see the page would be lost. */
export async function expectFocus(page: Page, after: string): Promise<void> {
	await expect
		.poll(() => page.evaluate(() => document.activeElement?.localName ?? 'nothing'), {
			message: `focus after ${after}`,
		})
		.not.toBe('body');
}

/** What a mouse can use on the page as it is, and Tab never reaches; a line each. Radios and tabs share a stop. */
export async function unreachable(page: Page): Promise<string[]> {
	await page.evaluate(() => {
		for (const name of ['data-reached', 'data-reached-before']) {
			for (const element of document.querySelectorAll(`[${name}]`)) element.removeAttribute(name);
		}
		(document.activeElement as HTMLElement | null)?.blur();
		document.addEventListener('focusin', ({ target }) => (target as Element).setAttribute('data-reached', ''), true);
	});
	for (let presses = 0; presses < MOST; presses++) {
		await page.keyboard.press('Tab');
		const { inEditor, isOver } = await page.evaluate(() => {
			const { activeElement } = document;
			const isOver = activeElement?.hasAttribute('data-reached-before') === true;
			activeElement?.setAttribute('data-reached-before', '');
			// A frame gets no event of its own.
			activeElement?.setAttribute('data-reached', '');
			return { inEditor: activeElement?.closest('.cm-editor') != null, isOver };
		});
		if (inEditor) await page.keyboard.press('Escape');
		if (isOver && !inEditor) break;
	}
	return page.evaluate(() => {
		const usable = 'button, a[href], input, select, textarea, summary, iframe, [role="separator"], [tabindex="0"]';
		return [...document.querySelectorAll<HTMLElement>(usable)]
			.filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.matches(':disabled'))
			.filter((element) => !element.matches('[tabindex="-1"], [data-reached]'))
			.map((element) => element.outerHTML.slice(0, 120));
	});
}
