import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const PICTURES = fileURLToPath(new URL('../../../test-results/playground/', import.meta.url));

/** Takes a picture of the page for people to look at; it is not in the repository. `fullPage`: what is below, too. */
export async function takePicture(page: Page, name: string, fullPage = false): Promise<void> {
	mkdirSync(PICTURES, { recursive: true });
	await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
}
