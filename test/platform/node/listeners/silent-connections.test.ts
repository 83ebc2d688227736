import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ask, open, options, portOf, says, site } from './support.ts';

/** The longest that the test lets a server wait; far above what it needs, far below the test's own limit. */
const GRACE = 20_000;

test('a connection that never begins its handshake does not hold a server that closes', async () => {
	const listeners = await open([site('https://desk.localhost:0 {\n}', says('desk'))], options());
	const port = portOf(listeners, 'https');
	const silent = connect(port, '127.0.0.1');
	onTestFinished(() => void silent.destroy());
	silent.on('error', () => {});
	const ended = once(silent, 'close');
	await once(silent, 'connect');
	// The server has accepted the silent one when it has answered a later one.
	expect((await ask({ port, host: 'desk.localhost', serverName: 'desk.localhost' })).text).toBe('desk');
	let isOverdue = false;
	const overdue = setTimeout(() => {
		isOverdue = true;
	}, GRACE / 2);
	await listeners.close(GRACE);
	clearTimeout(overdue);
	await ended;
	expect(isOverdue).toBe(false);
});
