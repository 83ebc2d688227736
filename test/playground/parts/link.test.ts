import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_LINK, readLink, writeLink } from '../../../playground/src/share/link.ts';

const SCENARIOS = ['feature-flags', 'failover'];
const EDITED = { changed: { 'src/Flags.php': '<?php // grün 🚩\0' }, removed: ['config/flags.json'] };

describe('a link', () => {
	it('opens what it was made of', async () => {
		const target = { scenario: 'failover', difference: EDITED };
		const link = await writeLink(target);

		expect(link).toMatch(/^failover\/1\/[\w-]+$/);
		expect(await readLink(`#${link}`, SCENARIOS)).toEqual({ target });
	});

	it('to an unchanged scenario is its name', async () => {
		expect(await writeLink({ scenario: 'failover', difference: { changed: {}, removed: [] } })).toBe('failover');
		expect(await readLink('#failover', SCENARIOS)).toEqual({
			target: { scenario: 'failover', difference: { changed: {}, removed: [] } },
		});
	});

	it('is small for a small edit, and shows its size for a big one', async () => {
		const code = '<?php\nfunction flag(string $name): bool { return $name === "on"; }\n'.repeat(50);
		const small = await writeLink({ scenario: 'failover', difference: { changed: { 'a.php': code }, removed: [] } });
		const noise = randomBytes(40_000).toString('base64');
		const big = await writeLink({ scenario: 'failover', difference: { changed: { a: noise }, removed: [] } });

		expect(small.length).toBeLessThan(400);
		expect(big.length).toBeGreaterThan(LONGEST_LINK);
	});

	it('without a fragment is no link', async () => {
		expect(await readLink('', SCENARIOS)).toBeUndefined();
		expect(await readLink('#', SCENARIOS)).toBeUndefined();
	});

	it('to an unknown scenario says so', async () => {
		expect(await readLink('#nowhere', SCENARIOS)).toEqual({
			sentence: 'This link is for a scenario called “nowhere”, which is not here.',
			scenario: undefined,
		});
	});

	it('of a later version says so, and still opens the scenario', async () => {
		expect(await readLink('#failover/2/abc', SCENARIOS)).toEqual({
			sentence: expect.stringContaining('another version'),
			scenario: 'failover',
		});
	});

	it.each([
		['cut', async () => (await writeLink({ scenario: 'failover', difference: EDITED })).slice(0, -9)],
		['of other letters', async () => 'failover/1/ä%%'],
		['empty', async () => 'failover/1'],
		['with more after it', async () => `${await writeLink({ scenario: 'failover', difference: EDITED })}/x`],
		['of something else', async () => packed('"text"')],
		['of no JSON', async () => packed('{')],
		['of files outside the app', async () => packed('{"changed":{"../x":""},"removed":[]}')],
		['of no UTF-8', async () => packed(Buffer.from([0x22, 0xff, 0x22]))],
		['of more than a tab should hold', async () => packed(`"${'a'.repeat(3_000_000)}"`)],
	])('that is %s is called damaged', async (_, make) => {
		expect(await readLink(`#${await make()}`, SCENARIOS)).toEqual({
			sentence: expect.stringContaining('This link is damaged'),
			scenario: 'failover',
		});
	});

	it('of anything at all never throws', async () => {
		const anything = fc.oneof(
			fc.string(),
			fc.string().map((text) => `failover/1/${text}`),
			fc.base64String().map((text) => `failover/1/${text}`),
		);
		await fc.assert(fc.asyncProperty(anything, async (text) => void (await readLink(text, SCENARIOS))));
	});
});

function packed(content: string | Uint8Array): string {
	return `failover/1/${deflateRawSync(content).toString('base64url')}`;
}
