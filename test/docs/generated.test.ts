import { expect, test } from 'vitest';
import { generatedPages } from '../../scripts/docs/main.ts';
import { textOf } from './support/pages.ts';

test('what the pages say of the code is what the code says: else run npm run docs', async () => {
	const pages = await generatedPages();
	expect(pages.size).toBeGreaterThan(4);
	for (const [path, text] of pages) expect(textOf(path), path).toBe(text);
});
