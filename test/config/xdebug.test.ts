import { describe, expect, test } from 'vitest';
import { withXdebug } from '../../src/config/xdebug.ts';

const NOTHING = { extensions: [], phpIni: {}, env: {} };

describe('the option xdebug', () => {
	test('loads the extension, starts debugging, and allows the editor', () => {
		expect(withXdebug(NOTHING, {})).toEqual({
			extensions: ['xdebug'],
			phpIni: { 'xdebug.mode': 'debug', 'xdebug.start_with_request': 'yes' },
			env: {},
			network: { connect: undefined, listen: [], editor: { host: 'localhost', port: 9003 } },
		});
	});

	test('the configuration wins', () => {
		const phpIni = { 'xdebug.mode': 'trace', 'xdebug.client_port': '9000', 'xdebug.client_host': 'IDE' };
		const options = { ...NOTHING, phpIni, network: { connect: [], listen: [] } };
		expect(withXdebug(options, {})).toMatchObject({
			phpIni,
			network: { connect: [], editor: { host: 'ide', port: 9000 } },
		});
	});

	test("Xdebug's variables come from the environment, and nothing else does", () => {
		const variables = {
			XDEBUG_MODE: 'coverage',
			PHP_IDE_CONFIG: 'serverName=x',
			PATH: '/bin',
			XDEBUG_SESSION: undefined,
		};
		const options = { ...NOTHING, env: { XDEBUG_MODE: 'develop' } };
		expect(withXdebug(options, variables).env).toEqual({ XDEBUG_MODE: 'develop', PHP_IDE_CONFIG: 'serverName=x' });
	});

	test.each([
		['client_host=ide client_port=9005', { host: 'ide', port: 9005 }],
		['idekey=x CLIENT_PORT=9005 nonsense =', { host: 'localhost', port: 9005 }],
		['client_host=unix:///tmp/x.sock', undefined],
		['client_host=xdebug://gateway', undefined],
		['client_port=70000', undefined],
		['client_port=x', undefined],
	])('XDEBUG_CONFIG=%j', (XDEBUG_CONFIG, editor) => {
		expect(withXdebug(NOTHING, { XDEBUG_CONFIG }).network?.editor).toEqual(editor);
	});
});
