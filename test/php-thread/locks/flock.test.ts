import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { LockApp, type Party } from './support/lock-app.ts';
import { nativePhp } from './support/native-php.ts';
import { noProcFolder, whileItSleeps } from './support/processor-time.ts';

const GRANTED = [true, 0];
const REFUSED = [false, 1];

/** Who runs flock() here: native PHP where there is one. */
const PARTIES: readonly Party[] = nativePhp === undefined ? ['server', 'php-cli'] : ['server', 'php-cli', 'native'];
const PAIRS = PARTIES.flatMap((holder) => PARTIES.map((other) => [holder, other] as const)).filter(
	([holder, other]) => holder !== 'native' || other !== 'native',
);

let app: LockApp;
beforeAll(async () => {
	app = await LockApp.start();
}, 60_000);
beforeEach(() => app.next());
afterAll(() => app?.[Symbol.asyncDispose](), 60_000);

describe('flock() between processes', { timeout: 120_000 }, () => {
	test.each(PAIRS)('held by %s: %s is refused, told that it would block, and gets it afterwards', async (a, b) => {
		const holder = await app.hold(a, 'EX');
		expect(await app.run(b, 'open a', 'try a EX', 'try a SH')).toEqual([REFUSED, REFUSED]);
		const waiting = app.run(b, 'open a', 'touch asks', 'wait a EX');
		await app.sees('asks');
		await holder.release();
		expect(await waiting).toEqual([true]);
		await holder.end();
	});

	test.each(PAIRS)('shared by %s: %s may share it, and not have it alone', async (a, b) => {
		const holder = await app.hold(a, 'SH');
		expect(await app.run(b, 'open a', 'try a SH', 'try a EX')).toEqual([GRANTED, REFUSED]);
		await holder.release();
		expect(await app.run(b, 'open a', 'try a EX')).toEqual([GRANTED]);
		await holder.end();
	});

	test('a counter under flock() loses nothing', async () => {
		const count = 'count n 200';
		const processes = PARTIES.filter((party) => party !== 'server');
		await Promise.all([
			...[1, 2, 3].map(() => app.run('server', count)),
			...processes.map((party) => app.run(party, count)),
		]);
		expect(Number(readFileSync(app.path('n'), 'utf8'))).toBe((3 + processes.length) * 200);
	});
});

test.skipIf(noProcFolder)('who waits sleeps', { timeout: 120_000 }, async () => {
	const holder = await app.hold('server', 'EX');
	const waiting = app.begin('php-cli', 'open a', 'touch asks', 'wait a EX');
	await app.sees('asks');
	// A hundred naps of 20 ms.
	expect(await whileItSleeps(waiting.pid, 100)).toBeLessThan(0.7);
	await holder.end();
	expect(await waiting.ended()).toBe('true\n');
});

describe('flock() is given back', { timeout: 120_000 }, () => {
	test.each([
		['by fclose()', ['close a']],
		['by fclose() of the handle that has it, whatever else is open', ['open b', 'close a']],
		['when what was shared, then had alone, is unlocked', ['unlock a', 'wait a SH', 'wait a EX', 'unlock a']],
	])('%s', async (_, last) => {
		const holder = await app.hold('server', 'EX', last);
		await holder.release();
		for (const party of PARTIES) expect(await app.run(party, 'open a', 'try a EX')).toEqual([GRANTED]);
		await holder.end();
	});

	test.each([
		['the end of a request', []],
		['a fatal error', ['fail']],
	])('%s', async (_, last) => {
		const holder = await app.hold('server', 'EX', ['touch done', 'until end', ...last]);
		await holder.end();
		for (const party of PARTIES) expect(await app.run(party, 'open a', 'try a EX')).toEqual([GRANTED]);
	});

	test('SIGKILL of the process', async () => {
		const holder = await app.hold('php-cli', 'EX');
		holder.neighbour?.signal('SIGKILL');
		await holder.neighbour?.ended();
		expect(await app.run('server', 'open a', 'try a EX')).toEqual([GRANTED]);
	});

	test('a thread that is ended, with all that it had open', async () => {
		await using limited = await LockApp.start({ threads: 1, phpIni: { max_execution_time: '1' } });
		const open = () =>
			readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith(limited.folder)).length;
		const running = limited.run('server', 'open a', 'wait a EX', 'touch held', 'loop');
		await limited.sees('held');
		expect(open()).toBeGreaterThan(0);
		// The answer is broken off.
		await running.catch(() => {});
		await eventually('the descriptors of the thread', () => open() === 0);
		const other = PARTIES.at(-1) as Party;
		expect(await limited.run(other, 'open a', 'try a EX')).toEqual([GRANTED]);
	});
});

describe('two handles of one file', { timeout: 120_000 }, () => {
	test.each(PARTIES)('%s: each is on its own', async (party) => {
		expect(
			await app.run(
				party,
				...['open a', 'open b', 'try a EX', 'try b EX', 'try b SH', 'unlock a', 'try b SH', 'try a SH'],
				...['try a EX', 'unlock b', 'try a EX', 'try a SH', 'try b SH', 'close a', 'try b EX'],
			),
		).toEqual([GRANTED, REFUSED, REFUSED, GRANTED, GRANTED, REFUSED, GRANTED, GRANTED, GRANTED, GRANTED]);
	});
});

function linkOf(path: string): string {
	try {
		return readlinkSync(path);
	} catch {
		return '';
	}
}
