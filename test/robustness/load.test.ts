import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ listen: 0, threads: 2 });
}, 20_000);
afterAll(() => app.server.close());

describe('two threads', () => {
	test.each([
		['200 requests over sockets', 200, (path: string, init: RequestInit) => fetch(app.server.url + path, init)],
		// More than there are slots in shared memory: the rest waits.
		['3,000 requests by server.fetch()', 3000, (path: string, init: RequestInit) => app.server.fetch(path, init)],
	])('answer %s at once, each with its own answer', async (_, count, send) => {
		const answers = await Promise.all(
			Array.from({ length: count }, async (_, n) => {
				const response = await send(`/whoami.php?n=${n}`, { headers: { 'X-N': `${n}` } });
				return `${response.status} ${await response.text()}`;
			}),
		);
		expect(answers).toEqual(answers.map((_, n) => `200 ${n} ${n}`));
	});

	test('go on while a slow request holds one of them', async () => {
		const slow = fetch(`${app.server.url}/slow.php`);
		for (let n = 0; n < 50; n++) {
			const response = await fetch(`${app.server.url}/whoami.php?n=${n}`, { headers: { 'X-N': 'beside' } });
			expect(await response.text()).toBe(`${n} beside`);
		}
		await expectAlive(app);
		expect(await (await fetch(`${app.server.url}/open-gate.php`)).text()).toBe('open');
		expect(await (await slow).text()).toBe('slow');
	});
});
