import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AttackedServer } from './support/attacked-server.ts';

/** How long the threads fight, seconds: enough for CI; the attack run takes 30. */
const SECONDS = Number(process.env.IGOR_ATTACK_SECONDS ?? 5);

let attacked: AttackedServer;

beforeAll(async () => {
	attacked = await AttackedServer.start({ threads: 4, maxThreads: 6, phpIni: { max_execution_time: '0' } });
});
afterAll(() => attacked[Symbol.asyncDispose]());

/**
 * Two threads swap folders for links to the outside, and back; two use them in every way. Whether a swap falls between
 * two calls is luck; files-forced-races.test.ts leaves nothing to it.
 */
test('two threads swap, two use: nothing of the outside is read, changed or listed', {
	timeout: SECONDS * 1000 + 60_000,
}, async () => {
	const roles = ['swap-folder', 'swap-inner', 'use', 'use'];
	const answers = await Promise.all(
		roles.map(async (role, i) => {
			const query = new URLSearchParams({
				script: 'race',
				role,
				seconds: String(SECONDS),
				outside: attacked.grounds.outside,
			});
			const answer = await attacked.ask(`/${i === 3 ? 'worker' : 'index'}.php?${query}`);
			return JSON.parse(answer) as { done: number; found: string[] };
		}),
	);
	for (const [i, { done, found }] of answers.entries()) {
		expect(found, roles[i]).toEqual([]);
		expect(done, roles[i]).toBeGreaterThan(0);
	}
	attacked.grounds.expectUntouched(answers);
});

test('static files and X-Sendfile, while a thread swaps: nothing of the outside is sent', {
	timeout: SECONDS * 1000 + 60_000,
}, async () => {
	mkdirSync(join(attacked.grounds.inside, 'public'), { recursive: true });
	writeFileSync(join(attacked.grounds.inside, 'public/x'), 'inside');
	const query = new URLSearchParams({
		script: 'race',
		role: 'swap-public',
		seconds: String(SECONDS),
		outside: attacked.grounds.outside,
	});
	let swapping = true;
	const swapped = attacked.server.fetch(`/index.php?${query}`).then(async (answer) => {
		swapping = false;
		return (await answer.json()) as { done: number };
	});
	let good = 0;
	while (swapping) {
		const paths = [
			'/public/x',
			'/public/canary.txt',
			'/index.php?script=sendfile&file=public/x',
			'/worker.php?script=sendfile&file=public/canary.txt',
		];
		const bodies = await Promise.all(paths.map(async (path) => (await attacked.server.fetch(path)).text()));
		attacked.grounds.expectNothingOf(bodies);
		good += bodies.filter((body) => body === 'inside').length;
	}
	expect((await swapped).done).toBeGreaterThan(0);
	expect(good).toBeGreaterThan(0);
	attacked.grounds.expectUntouched();
});

test('threads that append to new files lose no line, and one of them is the first', async () => {
	const threads = 4;
	const files = 50;
	await Promise.all(
		Array.from({ length: threads }, async (_, thread) => {
			const query = new URLSearchParams({
				script: 'append',
				thread: String(thread),
				files: String(files),
				threads: String(threads),
			});
			const answer = await attacked.server.fetch(`/index.php?${query}`);
			expect(await answer.text()).toBe('done');
		}),
	);
	for (let i = 0; i < files; i++) {
		const lines = readFileSync(join(attacked.tree, `lines-${i}`), 'utf8')
			.split('\n')
			.sort();
		expect(lines).toEqual(['', ...Array.from({ length: threads }, (_, thread) => `line of ${thread}`)]);
		expect(existsSync(join(attacked.tree, `first-${i}`))).toBe(true);
		expect(readFileSync(join(attacked.tree, `first-${i}`), 'utf8')).toMatch(/^\d$/);
	}
});
