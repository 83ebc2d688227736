import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong with the page as it is now, a line each; the app in the frame is not looked at. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
	await page.evaluate(`if (!globalThis.axe) { ${axe.source} }`);
	const found = await page.evaluate<{ id: string; nodes: { target: string[]; failureSummary: string }[] }[]>(
		`axe.run(document, { iframes: false, resultTypes: ['violations'] }).then(({ violations }) => violations)`,
	);
	return found.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
	);
}
