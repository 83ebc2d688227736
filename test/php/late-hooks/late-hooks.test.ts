import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PhpVersion } from '../../../src/index.ts';
import { platform } from '../../support/node/platform.ts';
import type { Scope } from '../../support/scope.ts';
import { type Calls, callLate, type Hook, hooksOf, type Place, startLateHooks } from './support.ts';

const WHOLE = 'whole';

describe.each(platform.phpVersions.map((php: PhpVersion) => ({ php })))('PHP $php', ({ php }) => {
	let scope: Scope;
	beforeAll(async () => {
		scope = await startLateHooks({ php });
	});
	afterAll(() => scope[Symbol.asyncDispose]());

	/** What an innocent request on the same thread sees afterwards. */
	const look = async (place: Place): Promise<string[]> =>
		(await scope.get(place === 'classic' ? '/index.php' : '/worker.php')).split(' ');

	describe.each<Place>(['classic', 'worker', 'end of a worker', 'sidekick'])('%s', (place) => {
		test.each(hooksOf(place, php))('%s', async (hook) => {
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

const RUNTIME = 'RuntimeException: ';
const NESTED: Record<Place, string> = {
	classic: `${RUNTIME}frankenphp_handle_request() called while not in worker mode`,
	worker: `${RUNTIME}frankenphp_handle_request() called inside its own callback`,
	'end of a worker': `${RUNTIME}frankenphp_handle_request() called `,
	sidekick: `${RUNTIME}frankenphp_handle_request() cannot be called inside a sidekick`,
};

/** An output callback may not print, which much of the rest does. */
function expected(place: Place, hook: Hook): Calls {
	const refused = expect.stringContaining(NESTED[place]);
	const read = { get_vars: WHOLE, next: true, 'get_vars again': WHOLE, 'get_vars at last': WHOLE };
	const common = { ...read, handle_request: refused, response_headers: true, log: null };
	if (hook === 'output callback') return common;
	const isSidekick = place === 'sidekick';
	const only = (name: string) =>
		`${RUNTIME}frankenphp_sidekick_${name}() can only be called inside a sidekick or a background worker`;
	return {
		...common,
		'get_vars of two': { source: WHOLE, other: WHOLE },
		'get_vars of none': expect.stringContaining(RUNTIME),
		set_vars: isSidekick ? null : only('set_vars'),
		should_stop: isSidekick ? true : only('should_stop'),
		request_headers: true,
		getenv: true,
		header: null,
		header_remove: null,
		headers_send: true,
		finish_request: true,
		'finish_request again': false,
		'handle_request after it': refused,
	};
}
