import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import type { Visitor } from '../support/playground.ts';
import { usePlayground } from '../support/use-playground.ts';

/** Apps without a ground of their own, by what they say about dark colours. */
const APPS = ['', 'light dark', 'dark', 'light'];

describe.skipIf(lacking(noChromium))('an app without a ground of its own', () => {
	const setting = usePlayground();

	test.for(APPS)('can be read in each theme, with color-scheme: "%s"', async (scheme) => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		const style = scheme === '' ? '' : `<style>:root { color-scheme: ${scheme} }</style>`;
		await visitor.edit('public/index.php', `<!doctype html>${style}<h1>scheme</h1>`);
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).click();
		await visitor.app.getByText('scheme').waitFor();
		const colours = visitor.page.getByRole('button', { name: /^Colours/ });
		for (const colorScheme of ['light', 'dark'] as const) {
			await visitor.page.emulateMedia({ colorScheme });
			for (let theme = 0; theme < 3; theme++) {
				const name = `${scheme} with ${colorScheme}, ${await colours.getAttribute('title')}`;
				await expect.poll(() => contrast(visitor), { message: name, timeout: 20_000 }).toBeGreaterThan(150);
				await colours.click();
			}
		}
		visitor.expectNoErrors();
	});
});

/** How far the text's brightness is from that of what is drawn behind it, of 255. */
async function contrast({ app, page, context }: Visitor): Promise<number> {
	const text = await app.locator('h1').evaluate((heading) => getComputedStyle(heading).color);
	const { x = 0, y = 0, height = 0 } = (await page.locator('iframe[title="The app"]').boundingBox()) ?? {};
	const picture = await page.screenshot({ clip: { x: x + 20, y: y + height - 20, width: 4, height: 4 } });
	// Another page, as the playground's lets nothing else in.
	const reader = await context.newPage();
	try {
		return await reader.evaluate(
			async ([png, text]) => {
				const brightness = ([red = 0, green = 0, blue = 0]: ArrayLike<number> & Iterable<number>) =>
					(red + green + blue) / 3;
				const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
				const surface = new OffscreenCanvas(4, 4).getContext('2d') as OffscreenCanvasRenderingContext2D;
				surface.drawImage(await createImageBitmap(blob), 0, 0);
				const behind = brightness(surface.getImageData(1, 1, 1, 1).data);
				surface.fillStyle = text as string;
				surface.fillRect(0, 0, 4, 4);
				return Math.abs(behind - brightness(surface.getImageData(1, 1, 1, 1).data));
			},
			[picture.toString('base64'), text],
		);
	} finally {
		await reader.close();
	}
}
