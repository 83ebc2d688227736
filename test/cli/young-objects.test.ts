import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FILE = fileURLToPath(new URL('../../src/cli/young-objects.ts', import.meta.url));

/** Makes objects that outlive collections, and tells how much room for young ones there was at most, and in the end, MB. */
const PROGRAM = `
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
const { boundYoungObjects } = await import(process.argv[1]);
boundYoungObjects(1);
const kept = [];
let most = 0;
for (let batch = 0, count = 0; batch < 4000; batch++) {
	for (let i = 0; i < 5000; i++) kept[count++ % 300_000] = { i, more: [i] };
	const { space_size: room } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
	most = Math.max(most, room / 1024 / 1024);
	await turn();
}
console.log(most);
`;

test('the room for young objects of the server’s own thread grows to 32 MB, and no further', () => {
	const printed = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, FILE], { encoding: 'utf8' });
	expect(Number(printed)).toBeGreaterThanOrEqual(32);
	expect(Number(printed)).toBeLessThan(64);
});
