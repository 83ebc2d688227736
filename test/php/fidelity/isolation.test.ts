import { beforeEach, describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useFidelityServer } from './support/fidelity-server.ts';

type Look = {
	superglobals: Record<string, unknown>;
	response: unknown;
	script: Record<string, unknown>;
};

/** One thread for each mode: the next request is on the thread of the last one. */
const fidelity = useFidelityServer({ env: { GIVEN: 'given' } }, 1);

/** What only lasts as long as the script: it is the next one's own in classic mode. */
const OF_THE_SCRIPT = [
	['ini', ['5', '77M', '1000']],
	['reporting', 1],
	['timezone', 'Asia/Tokyo'],
	['locale', 'fr_FR.UTF-8'],
	['encoding', 'ISO-8859-1'],
	['include_path', '/leaked'],
	['environment', ['yes', 'changed', 'yes', 'given']],
	['directory', '/tmp'],
	['globals', true],
	['stream context', { http: { user_agent: 'leaked' } }],
] as const;

describe.each(MODES)('after a %s request that changed everything,', (mode) => {
	let before: Look;
	let after: Look;

	beforeEach(async () => {
		if (mode === 'worker') await fidelity().send('worker', 'end-worker');
		before = await fidelity().ask<Look>(mode, 'look');
		const change = await fidelity().send(mode, 'leak', {
			method: 'POST',
			rest: '?a=1',
			headers: ['Cookie', 'b=2', 'Content-Type', 'application/x-www-form-urlencoded'],
			body: 'c=3',
		});
		expect(change).toMatchObject({
			status: 202,
			body: expect.stringMatching(/"CHANGED"/),
			headers: { 'x-leaked': 'yes' },
		});
		after = await fidelity().ask<Look>(mode, 'look');
	});

	test('the superglobals are those of the next request', () => {
		expect(after.superglobals).toEqual(before.superglobals);
		expect(after.superglobals).toEqual({
			get: [],
			post: [],
			cookie: [],
			files: [],
			request: [],
			server: null,
			session: false,
		});
	});

	test('the headers, the status and the output buffers are those of the next request', () => {
		expect(after.response).toEqual(before.response);
	});

	test('shutdown functions and output callbacks have run, and do not run again', async () => {
		expect((await fidelity().send(mode, 'look')).body).toMatch(/^\{"superglobals".*\}$/);
	});
});

describe('after a classic request that changed everything,', () => {
	test('settings, locale, time zone, environment, directory and the rest are as before', async () => {
		const before = await fidelity().ask<Look>('classic', 'look');
		await fidelity().send('classic', 'leak');
		expect(await fidelity().ask<Look>('classic', 'look')).toEqual(before);
		expect(before.script).toMatchObject({
			environment: [false, 'given', null, 'given'],
			directory: fidelity().folder,
			handler: null,
			globals: false,
			constants: 0,
		});
	});

	test('static properties and variables start again', async () => {
		for (let i = 0; i < 3; i++) expect(await fidelity().ask('classic', 'static-state')).toEqual([1, 1]);
	});
});

describe('a worker script', () => {
	// FrankenPHP keeps them, too: between the requests of a worker it resets superglobals, output and sessions only. (The
	// umask is the exception: what one request opens to everybody must not be so for the next; see test/platform/node/files.)
	test.each(OF_THE_SCRIPT)('keeps what a request did to its %s until it ends', async (what, changed) => {
		await fidelity().send('worker', 'end-worker');
		const before = await fidelity().ask<Look>('worker', 'look');
		await fidelity().send('worker', 'leak');
		expect((await fidelity().ask<Look>('worker', 'look')).script[what]).toEqual(changed);
		await fidelity().send('worker', 'end-worker');
		expect((await fidelity().ask<Look>('worker', 'look')).script).toEqual(before.script);
	});

	// FrankenPHP sets ignore_user_abort for its worker threads (frankenphp_update_local_thread_context): a client that
	// goes away does not end the script of all others.
	test('ignores that a client goes away, from the start', async () => {
		await fidelity().send('worker', 'end-worker');
		expect((await fidelity().ask<Look>('worker', 'look')).script).toMatchObject({ abort: 1 });
	});

	test('keeps static properties and variables until it ends', async () => {
		for (const run of [1, 2]) {
			await fidelity().send('worker', 'end-worker');
			for (let i = 1; i < 4; i++) expect([run, await fidelity().ask('worker', 'static-state')]).toEqual([run, [i, i]]);
		}
	});
});
