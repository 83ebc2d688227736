import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp();
}, 20_000);
afterAll(() => app.server.close());

describe('without any php.ini directive', () => {
	test.each([
		'/harm.php',
		'/worker.php',
	])('a fatal error in %s is a 500, and the page says what happened, as PHP does by default', async (path) => {
		for (const harm of ['memory', 'exception', 'syntax-error']) {
			const response = await app.server.fetch(`${path}?do=${harm}`);
			const body = await response.text();
			expect([harm, response.status]).toEqual([harm, 500]);
			expect(body).toMatch(/(Fatal|Parse) error/);
		}
	});
});
