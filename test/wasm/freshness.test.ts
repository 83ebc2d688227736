import { expect, test } from 'vitest';
import { checkFreshness } from '../../wasm/freshness.mjs';

test('the committed side modules were built from the committed C sources', async () => {
	const { fresh, message } = await checkFreshness();
	expect(fresh, message).toBe(true);
});
