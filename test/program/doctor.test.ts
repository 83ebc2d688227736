import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { cleanUp, run, writeApp } from './support/igor.ts';

afterAll(cleanUp);

/** Options that keep the ports of other programs of this machine out of the verdict. */
async function freeAdmin(): Promise<string[]> {
	return ['--address', `127.0.0.1:${await freePort()}`];
}

/** A port that another program has. */
async function takenPort(): Promise<number> {
	const other = createServer().listen(0, '127.0.0.1');
	onTestFinished(() => void other.close());
	await new Promise((resolve) => other.once('listening', resolve));
	return (other.address() as { port: number }).port;
}

const SLOW = { timeout: 120_000 };

test('on a machine that has what is needed: one line per check, PHP has really run, exit status 0', SLOW, async () => {
	const folder = writeApp({});
	const listen = `127.0.0.1:${await freePort()}`;
	const homes = { XDG_CACHE_HOME: join(folder, 'cache'), XDG_DATA_HOME: join(folder, 'data') };
	const { status, out, err } = await run(['doctor', '--listen', listen, ...(await freeAdmin())], folder, homes);
	expect({ status, err }).toEqual({ status: 0, err: '' });
	const lines = out.trimEnd().split('\n');
	expect(lines.slice(0, -1).filter((line) => !/^(?:ok|note) {2,}\S/.test(line))).toEqual([]);
	expect(lines.at(-1)).toBe('Nothing that is needed is missing.');
	expect(out).toMatch(/^ok {4}Node\.js 24\.\d+\.\d+/m);
	expect(out).toMatch(/^ok {4}JSPI/m);
	expect(out).toMatch(/^ok {4}PHP 8\.4\.\d+ runs, with intl, redis, memcached, xdebug$/m);
	expect(out).toContain(`ok    ${listen} is free`);
	for (const name of ['Temporary', 'Cache', 'Data', 'Configuration']) {
		expect(out).toMatch(new RegExp(`^(?:ok|note) +${name} folder `, 'm'));
	}
	expect(out).toMatch(/^(?:ok|note) {2,}Memory: /m);
	expect(out).toMatch(/^(?:ok|note) {2,}Locks of files/m);
});

test('the address of --listen is taken: it says what to do, exit status 1', SLOW, async () => {
	const port = await takenPort();
	const { status, out } = await run(['doctor', '--listen', `127.0.0.1:${port}`, ...(await freeAdmin())]);
	expect(status).toBe(1);
	expect(out).toMatch(
		new RegExp(`^fail {2}Cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use; .*--listen`, 'm'),
	);
	expect(out).toMatch(/^1 thing that is needed is missing; see "fail"\.$/m);
});

test('the address of the admin API is taken: a note that names `admin off`', SLOW, async () => {
	const port = await takenPort();
	const { status, out } = await run(['doctor', '--address', `127.0.0.1:${port}`]);
	expect(status).toBe(0);
	expect(out).toMatch(
		new RegExp(`^note {2}Cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use; .*\`admin off\``, 'm'),
	);
});

test('folders that cannot be written: the temporary one is needed', SLOW, async () => {
	// Below a file there can be no folder, not even for root.
	const folder = writeApp({ file: '' });
	const below = join(folder, 'file', 'below');
	const { status, out } = await run(['doctor', ...(await freeAdmin())], folder, {
		TMPDIR: join(folder, 'missing'),
		XDG_DATA_HOME: below,
		XDG_CACHE_HOME: below,
	});
	expect(status).toBe(1);
	expect(out).toMatch(/^fail {2}Temporary folder \S+missing: it does not exist; .*TMPDIR/m);
	expect(out).toMatch(/^note {2}Data folder \S+: it cannot be written \(ENOTDIR\), .*XDG_DATA_HOME/m);
	expect(out).toMatch(/^note {2}Cache folder: it cannot be used, .*XDG_CACHE_HOME/m);
});

test('an address that is none is a mistake of the command line', async () => {
	expect(await run(['doctor', '--listen', 'nonsense:x'])).toMatchObject({ status: 1, out: '' });
});
