import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhpVersion } from '../../src/index.ts';
import { platform } from '../support/node/platform.ts';
import type { Scope } from '../support/scope.ts';
import { type Calls, callLate, HOOKS, type Hook, type Place, startLateHooks } from './support.ts';

const WHOLE = 'whole';

describe.each(platform.phpVersions.map((php: PhpVersion) => ({ php })))('PHP $php', { timeout: 30_000 }, ({ php }) => {
	let scope: Scope;
	beforeAll(async () => {
		scope = await startLateHooks({ php });
	});
	afterAll(() => scope[Symbol.asyncDispose]());

	/** What an innocent request on the same thread sees afterwards. */
	const look = async (place: Place): Promise<string[]> =>
		(await scope.get(place === 'classic' ? '/index.php' : '/worker.php')).split(' ');

	describe.each<Place>(['classic', 'worker', 'end of a worker', 'sidekick'])('%s', (place) => {
		test.each(HOOKS)('%s', async (hook) => {
			const before = await look(place);
			const calls = await callLate(scope, place, hook);
			expect.soft(calls).toMatchObject(expected(place, hook));
			expect.soft(scope.files.read('state/nested'), 'a nested callback ran').toBeUndefined();
			for (let i = 0; i < 3; i++) {
				const [pid, snapshot] = await look(place);
				expect(snapshot).toBe(WHOLE);
				// The same PHP goes on: nothing has crashed.
				if (place !== 'end of a worker') expect.soft(pid).toBe(before[0]);
			}
			expect.soft(scope.log.matching('PHP crashed')).toEqual([]);
		});
	});
});

function expected(_place: Place, _hook: Hook): Calls {
	return { get_vars: WHOLE, next: true, 'get_vars again': WHOLE, 'get_vars at last': WHOLE };
}
