import { describe, expect, test } from 'vitest';
import { MODES, type Mode } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';

const app = useResponseApplication();

/** Runs gone.php for a client that has left before its next output. */
async function leaveDuring(mode: Mode, name: string, ignore: string): Promise<void> {
	using client = app().open(mode, 'gone', { name, ignore });
	await client.answer(/start/);
	client.socket.destroy();
	await client.closed;
	app().put(name);
}

// First of all: a worker script keeps what its requests set.
test('a classic request is ended with its client by default', async () => {
	expect((await app().ask('classic', 'user-abort')).body).toBe('0');
});

// FrankenPHP starts its workers with ignore_user_abort on: a client that leaves must not end the worker's script.
test('a request in worker mode goes on without its client by default', async () => {
	expect((await app().ask('worker', 'user-abort')).body).toBe('1');
});

describe.each(MODES)('a client that leaves, in %s mode', (mode) => {
	test('ends a script that did not ask to go on; its shutdown functions still run', async () => {
		const name = `ended-${mode}`;
		await leaveDuring(mode, name, '0');
		expect(await app().left(`${name}-shutdown`)).toBe('[1,1]');
		expect(app().has(`${name}-after`)).toBe(false);
		expect((await app().ask(mode, 'hello')).body).toBe('hello');
	});

	test('is seen by a script that goes on with ignore_user_abort()', async () => {
		const name = `ignored-${mode}`;
		await leaveDuring(mode, name, '1');
		expect(await app().left(`${name}-after`)).toBe('[[0,0],1,1,1]');
		expect(await app().left(`${name}-shutdown`)).toBe('[1,1]');
		expect(await app().ask(mode, 'abort-status')).toMatchObject({ body: '[0,0]' });
	});
});
