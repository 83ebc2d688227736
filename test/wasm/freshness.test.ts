import { expect, test } from 'vitest';
import { checkFreshness } from '../../wasm/freshness.mjs';

test('the committed side modules were built from the committed C sources', () => {
	const { fresh, message } = checkFreshness();
	expect(fresh, message).toBe(true);
});
