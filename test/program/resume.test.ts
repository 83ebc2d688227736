import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { cleanUp, Igor, writeApp } from './support/igor.ts';

afterEach(cleanUp);

const caddyfile = (admin: number, answer: string, more = '') =>
	`{\nadmin 127.0.0.1:${admin}\n${more}\n}\nhttp://127.0.0.1:0 {\nrespond ${answer}\n}\n`;

/** What the server answers; then it has ended. */
async function answerOf(args: readonly string[], folder: string, then?: () => Promise<void>) {
	const igor = new Igor(args, folder, { XDG_CONFIG_HOME: join(folder, 'config') });
	const answer = await (await fetch(await igor.ready())).text();
	await then?.();
	igor.signal('SIGTERM');
	expect(await igor.exit).toBe(0);
	return { answer, said: igor.stderr };
}

test('igor run --resume goes on with the configuration that was loaded last', async () => {
	const admin = await freePort();
	const folder = writeApp({ Caddyfile: caddyfile(admin, 'one') });
	const saved = join(folder, 'config', 'igor', 'autosave.json');
	const none = await answerOf(['run', '--resume'], folder, async () => {
		const body = caddyfile(admin, 'two');
		const headers = { 'content-type': 'text/caddyfile' };
		const response = await fetch(`http://127.0.0.1:${admin}/load`, { method: 'POST', headers, body });
		expect(response.status).toBe(200);
		// One that is refused is not kept.
		const refused = await fetch(`http://127.0.0.1:${admin}/load`, { method: 'POST', headers, body: 'oops {' });
		expect(refused.status).toBe(400);
	});
	expect(none).toMatchObject({ answer: 'one', said: expect.stringContaining(`no configuration is saved in ${saved}`) });
	expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({ admin: { listen: `127.0.0.1:${admin}` } });
	expect(statSync(saved).mode & 0o777).toBe(0o600);

	const resumed = await answerOf(['run', '--resume', '--config', 'Caddyfile', '--watch'], folder);
	expect(resumed).toMatchObject({ answer: 'two', said: expect.stringContaining('and not with --config') });
	expect((await answerOf(['run'], folder)).answer).toBe('one');
	expect((await answerOf(['run', '--resume'], folder)).answer).toBe('one');
});

test('persist_config off: nothing is kept', async () => {
	const admin = await freePort();
	const folder = writeApp({ Caddyfile: caddyfile(admin, 'one', 'persist_config off') });
	await answerOf(['run'], folder);
	expect(existsSync(join(folder, 'config'))).toBe(false);
});

test('a saved configuration that is damaged: a sentence, and exit 1', async () => {
	const folder = writeApp({ Caddyfile: caddyfile(await freePort(), 'one'), 'config/igor/autosave.json': '{' });
	writeFileSync(join(folder, 'config', 'igor', 'autosave.json'), '{"apps":');
	const igor = new Igor(['run', '--resume'], folder, { XDG_CONFIG_HOME: join(folder, 'config') });
	expect(await igor.exit).toBe(1);
	expect(igor.stderr).toMatch(/autosave\.json:1:\d+/);
});
