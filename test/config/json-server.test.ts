import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp1, askHttp2, type Question, type Reply } from '../program/support/ask.ts';
import { cleanUp, run } from '../program/support/igor.ts';
import { startTwoSites, type TwoSites } from '../program/support/two-sites.ts';

describe("igor run --config caddy.json, with Caddy's JSON of two sites", () => {
	let sites: TwoSites;
	let written: string;

	beforeAll(async () => {
		sites = await startTwoSites(true);
		written = readFileSync(join(sites.folder, 'caddy.json'), 'utf8');
	}, 60_000);
	afterAll(cleanUp);

	const shop = (path: string, more: Partial<Question> = {}): Promise<Reply> =>
		askHttp1({ host: 'shop.localhost', port: sites.httpPort, path, ...more });
	const admin = (path: string, more: Partial<Question> = {}): Promise<Reply> =>
		askHttp1({ host: new URL(sites.admin).host, port: Number(new URL(sites.admin).port), path, ...more });
	const json = ({ body }: { body: string }) => JSON.parse(body);

	test('a worker, its sidekick and the options of PHP', async () => {
		expect(json(await shop('/worker.php?x=1'))).toMatchObject({
			...{ site: 'shop', role: 'publisher', mode: 'worker', memory: '96M', uri: '/worker.php?x=1' },
		});
		expect(json(await shop('/any/page'))).toMatchObject({ site: 'shop', mode: 'classic' });
	});

	test('redirects, headers, answers, and numbers', async () => {
		expect(await shop('/health')).toMatchObject({ body: 'shop is fine', headers: { 'x-site': 'shop' } });
		expect(await shop('/old/x?y')).toMatchObject({ status: 301, headers: { location: '/new/old/x?y' } });
		expect((await shop('/numbers')).body).toContain('frankenphp_total_threads');
	});

	test('HTTPS by the internal authority, files, a limit for bodies and a page for errors', async () => {
		const ca = readFileSync(globSync(join(sites.dataFolder, '**/root*.crt'))[0] ?? '', 'utf8');
		const desk = { host: 'desk.localhost', port: sites.httpsPort, ca };
		expect(json(await askHttp2({ ...desk, path: '/some/page' }))).toMatchObject({ site: 'the desk', mode: 'classic' });
		expect((await askHttp2({ ...desk, path: '/files/' })).status).toBe(200);
		const large = await askHttp2({ ...desk, path: '/', method: 'POST', body: 'x'.repeat(2000) });
		expect(large).toMatchObject({ status: 413, body: '413 of desk' });
	});

	test('what it prints of itself is the same', async () => {
		const again = await run(['adapt', '--pretty', '--config', 'caddy.json'], sites.folder, sites.env);
		expect(again).toEqual({ status: 0, out: written, err: '' });
		expect(await run(['validate', '-c', 'caddy.json'], sites.folder, sites.env)).toMatchObject({ status: 0 });
	});

	test('GET /config/ shows it without the environment of PHP, and its parts', async () => {
		const config = await admin('/config/');
		expect(config.body).toContain('"env":{"SITE":"[redacted]"}');
		expect(config.body).not.toContain('the desk');
		expect(json(await admin('/config/apps/frankenphp/num_threads'))).toBe(4);
	});

	test('POST /load takes another one, refuses one with a mistake, and igor reload takes the file', async () => {
		const load = (body: string) =>
			admin('/load', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
		const changed = written.replaceAll('shop is fine', 'shop is better');
		expect(await load(changed)).toMatchObject({ status: 200, body: '' });
		expect((await shop('/health')).body).toBe('shop is better');

		const mistake = await load(changed.replace('"num_threads"', '"num_treads"'));
		expect(mistake.status).toBe(400);
		expect(json(mistake).error).toContain("JSON: apps.frankenphp.num_treads: unknown field 'num_treads'; expected");
		expect(json(mistake).error).toContain("did you mean 'num_threads'?");
		expect((await shop('/health')).body).toBe('shop is better');

		const reload = await run(['reload', '--config', 'caddy.json'], sites.folder, sites.env);
		expect(reload).toEqual({ status: 0, out: '', err: '' });
		expect((await shop('/health')).body).toBe('shop is fine');
	});
});
