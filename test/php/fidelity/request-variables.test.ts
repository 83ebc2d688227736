import { describe, expect, test } from 'vitest';
import { MODES, type Mode } from '../../support/application.ts';
import { type FidelityServer, useFidelityServer, type WireRequest } from './support/fidelity-server.ts';

type Seen = {
	get: unknown;
	post: unknown;
	cookie: unknown;
	request: unknown;
	env: string | null;
	getenv: string | false;
	inServer: string | null;
	server: number;
	html: string | null;
	argv: string[] | null;
	argc: number | null;
};

/** Each of the three sources has a variable of its own, and one that all have. */
const REQUEST: WireRequest = {
	method: 'POST',
	rest: '?same=get&g=1',
	headers: ['Cookie', 'same=cookie; c=1', 'Content-Type', 'application/x-www-form-urlencoded'],
	body: 'same=post&p=1',
};

function withSettings(phpIni: Record<string, string>): (mode: Mode, request?: WireRequest) => Promise<Seen> {
	const server: () => FidelityServer = useFidelityServer({ phpIni, env: { GIVEN: 'given' } });
	// Twice: a worker builds the variables of its second request in another way than those of the first.
	return async (mode, request = REQUEST) => {
		await server().ask(mode, 'superglobals', { rest: '?of=the+first' });
		return server().ask<Seen>(mode, 'superglobals', request);
	};
}

describe('without settings', () => {
	const see = withSettings({});

	test.each(
		MODES,
	)('$_GET, $_POST and $_COOKIE of a %s request are apart, in $_REQUEST the last of them wins', async (mode) => {
		expect(await see(mode)).toMatchObject({
			get: { same: 'get', g: '1' },
			post: { same: 'post', p: '1' },
			cookie: { same: 'cookie', c: '1' },
			request: { same: 'cookie', g: '1', p: '1', c: '1' },
		});
	});

	test.each(MODES)('the environment of a %s request is in $_ENV, getenv() and $_SERVER', async (mode) => {
		expect(await see(mode)).toMatchObject({ env: 'given', getenv: 'given', inServer: 'given' });
	});

	test.each(MODES)('names of a %s request are spelled PHP’s way', async (mode) => {
		const { get, cookie } = await see(mode, {
			rest: '?a.b=1&c%20d=2&e[]=3&e[k][]=4&f%5Bg=5&=6&h',
			headers: ['Cookie', 'a.b=1; k[x]=2; twice=1; twice=2; enc=%C3%A4+'],
		});
		expect(get).toEqual({ a_b: '1', c_d: '2', e: { 0: '3', k: ['4'] }, f_g: '5', h: '' });
		expect(cookie).toEqual({ a_b: '1', k: { x: '2' }, twice: '1', enc: 'ä+' });
	});

	test.each(MODES)('a query of a %s request is no argv', async (mode) => {
		expect(await see(mode, { rest: '?a+b' })).toMatchObject({ argv: null, argc: null });
	});
});

describe.each([
	['GP', { same: 'post', g: '1', p: '1' }],
	['PG', { same: 'get', g: '1', p: '1' }],
	['C', { same: 'cookie', c: '1' }],
])('with request_order=%s', (order, request) => {
	const see = withSettings({ request_order: order });

	test.each(MODES)('$_REQUEST of a %s request has these, in this order', async (mode) => {
		expect((await see(mode)).request).toEqual(request);
	});
});

describe('with variables_order=GPCS', () => {
	const see = withSettings({ variables_order: 'GPCS' });

	test.each(MODES)('$_ENV of a %s request is empty, getenv() and $_SERVER are not', async (mode) => {
		expect(await see(mode)).toMatchObject({ env: null, getenv: 'given', inServer: 'given' });
	});
});

describe('with variables_order=EG', () => {
	const see = withSettings({ variables_order: 'EG' });

	test.each(MODES)('a %s request has no $_POST, no $_COOKIE, and nothing in $_SERVER', async (mode) => {
		expect(await see(mode)).toMatchObject({
			get: { same: 'get', g: '1' },
			post: [],
			cookie: [],
			request: { same: 'get', g: '1' },
			env: 'given',
			server: 0,
		});
	});
});

describe.each([{ auto_globals_jit: '1' }, { auto_globals_jit: '0' }])('with register_argc_argv=1 and %o', (jit) => {
	const see = withSettings({ register_argc_argv: '1', ...jit });

	test.each(MODES)('the query of a %s request is split into argv', async (mode) => {
		expect(await see(mode, { rest: '?a+b%20c+d=1' })).toMatchObject({ argv: ['a', 'b%20c', 'd=1'], argc: 3 });
	});

	test.each(MODES)('a %s request without a query has an empty argv', async (mode) => {
		expect(await see(mode, {})).toMatchObject({ argv: [], argc: 0 });
	});
});

describe('with auto_globals_jit=0', () => {
	const see = withSettings({ auto_globals_jit: '0' });

	test.each(MODES)('$_REQUEST and $_ENV of a %s request are the same', async (mode) => {
		expect(await see(mode)).toMatchObject({ request: { same: 'cookie', g: '1', p: '1', c: '1' }, env: 'given' });
	});
});

describe('with filter.default=special_chars', () => {
	const see = withSettings({ 'filter.default': 'special_chars' });

	test.each(MODES)('$_GET and $_SERVER of a %s request are filtered', async (mode) => {
		const seen = await see(mode, { rest: '?g=%3Cb%3E', headers: ['X-Html', '<b>'] });
		expect(seen).toMatchObject({ get: { g: '&#60;b&#62;' }, html: '&#60;b&#62;' });
	});
});

describe('with max_input_vars=2 and arg_separator.input=;', () => {
	const see = withSettings({ max_input_vars: '2', 'arg_separator.input': ';', display_errors: '0' });

	test.each(MODES)('$_GET of a %s request has the first two', async (mode) => {
		expect((await see(mode, { rest: '?a=1;b=2&x;c=3' })).get).toEqual({ a: '1', b: '2&x' });
	});
});
