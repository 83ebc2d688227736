import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

let app: App;
beforeAll(async () => {
	app = await startApp({ threads: 2, phpIni: { max_execution_time: '1' } });
}, 20_000);
afterAll(() => app.server.close());

describe('while threads are lost', () => {
	test.each(['callback-recursion', 'loop'])('by %s, every other request is answered', async (harm) => {
		const harmful = Array.from({ length: 4 }, () => app.server.fetch(`/harm.php?do=${harm}`));
		const harmless = Array.from({ length: 60 }, () => app.server.fetch('/hello.php'));
		const answers = await Promise.all(harmless);
		expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(harmless.map(() => 'hello'));
		for (const answer of await Promise.all(harmful)) expect(answer.status).toBe(500);
		await expectAlive(app);
	});

	test('ten traps in a row, in both modes, cost nothing but their own requests', async () => {
		for (let i = 0; i < 5; i++) {
			for (const path of ['/harm.php', '/worker.php']) {
				expect((await app.server.fetch(`${path}?do=callback-recursion`)).status).toBe(500);
			}
		}
		await expectAlive(app);
	});

	test('the log does not blame the error of an earlier request', async () => {
		const from = app.log.end;
		for (let i = 0; i < 8; i++) await (await app.server.fetch('/harm.php?do=exception')).text();
		await (await app.server.fetch('/harm.php?do=callback-recursion')).text();
		await app.log.waitFor(/^warn classic ended and is started again: PHP crashed/m, from);
		expect(app.log.text(from).match(/^warn classic ended.*/m)?.[0]).not.toMatch(/thrown on purpose/);
	});

	test('half a response that was sent already is broken off, not ended as if it were whole', async () => {
		const response = await app.server.fetch('/half.php');
		expect(response.status).toBe(200);
		await expect(response.text()).rejects.toThrow();
		await expectAlive(app);
	});
});
