import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { phpCli } from '../program/support/command-line.ts';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { MODES } from '../support/application.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { lacking } from '../support/lacking.ts';
import { missingPhp } from '../support/programs.ts';

const APP = fileURLToPath(new URL('symfony-app', import.meta.url));
/** Debian's is older than PHP 8.4. */
const PHP = ['--php', '8.2'];
const ENVIRONMENT = { APP_ENV: 'prod', APP_DEBUG: '0' };
const LIBRARIES = ['Bundle/FrameworkBundle', 'Bundle/TwigBundle', 'Component/Console', 'Component/Runtime'];
const PICTURE = new Uint8Array(200_000).map((_, at) => at % 251);

/** On a build machine nothing is missing. */
const missingLibrary =
	process.env.CI || LIBRARIES.every((library) => existsSync(`/usr/share/php/Symfony/${library}`))
		? undefined
		: "Symfony is not on this machine: install Debian's php-symfony-twig-bundle, -framework-bundle, -console, -runtime.";

/** A client that keeps its cookies. */
class Visitor {
	readonly #url: string;
	#cookie = '';

	constructor(url: string) {
		this.#url = url;
	}

	async ask(path: string, init: RequestInit = {}): Promise<{ status: number; location: string | null; body: string }> {
		const response = await fetch(this.#url + path, {
			...init,
			headers: { cookie: this.#cookie },
			redirect: 'manual',
			signal: AbortSignal.timeout(60_000),
		});
		const [cookie] = response.headers.getSetCookie();
		if (cookie !== undefined) this.#cookie = cookie.split(';')[0] as string;
		return { status: response.status, location: response.headers.get('location'), body: await response.text() };
	}
}

describe.skipIf(lacking(missingLibrary ?? missingPhp('mbstring', 'xml')))('Symfony, as Debian has it', () => {
	let folder: string;
	let igor: Igor;
	let native: ChildProcess;
	const urls = { classic: '', worker: '', native: '' };

	beforeAll(async () => {
		folder = realpathSync(writeApp({}));
		cpSync(APP, folder, { recursive: true });
		const environment = Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
		const console = ['--mount', '/usr/share/php:ro', ...environment, '--ext', 'intl', 'bin/console', 'cache:clear'];
		const cleared = await phpCli([...PHP, ...console], { cwd: folder });
		expect(cleared.status, cleared.err).toBe(0);
		expect(cleared.out).toContain('Cache for the "prod" environment (debug=false) was successfully cleared.');
		const [classic, worker, own] = await Promise.all([freePort(), freePort(), freePort()]);
		Object.assign(urls, {
			classic: `http://127.0.0.1:${classic}`,
			worker: `http://127.0.0.1:${worker}`,
			native: `http://127.0.0.1:${own}`,
		});
		// Its $_SERVER does not have the environment.
		native = spawn('php', ['-d', 'variables_order=EGPCS', '-S', `127.0.0.1:${own}`, '-t', 'public'], {
			cwd: folder,
			env: { ...process.env, ...ENVIRONMENT },
			stdio: 'ignore',
		});
		igor = new Igor(['run', ...PHP], folder, { CLASSIC_PORT: String(classic), WORKER_PORT: String(worker) });
		await igor.ready();
	}, 180_000);

	afterAll(async () => {
		if (native?.exitCode === null) {
			native.kill();
			await once(native, 'exit');
		}
		await cleanUp();
	});

	describe.each(MODES)('in %s mode', (mode) => {
		const visitor = () => new Visitor(urls[mode]);

		test('pages are those of native PHP, error pages too', async () => {
			const reference = new Visitor(urls.native);
			await eventually('php -S', () => reference.ask('/').catch(() => undefined));
			for (const path of [
				'/',
				'/?search=%C3%A4%22',
				'/article/green-table',
				'/article/none',
				'/nowhere',
				'/broken',
				'/',
			]) {
				expect(await visitor().ask(path), path).toEqual(await reference.ask(path));
			}
			const pages = await Promise.all(['/', '/nowhere', '/broken'].map((path) => visitor().ask(path)));
			expect(pages.map(({ status }) => status)).toEqual([200, 404, 500]);
			expect(pages[0]?.body).toContain('<h1>3 articles, 3 looked at</h1>');
			expect(pages[1]?.body).toContain('<h1>404: Not Found</h1>');
		});

		test('a session belongs to its visitor, and a form fills it', async () => {
			const [ann, bob] = [visitor(), visitor()];
			const take = (slug: string) => ({ method: 'POST', body: new URLSearchParams({ slug }) });
			expect(await ann.ask('/basket', take('lamp'))).toMatchObject({ status: 303, location: '/basket' });
			const first = await ann.ask('/basket');
			expect(first.body).toContain('<h1>Basket: lamp</h1>');
			expect(first.body).toContain('<p class="notice">In the basket now</p>');
			expect((await bob.ask('/basket')).body).toContain('<h1>Basket: empty</h1>');
			await ann.ask('/basket', take('blue-chair'));
			await ann.ask('/basket');
			const last = await ann.ask('/basket');
			expect(last.body).toContain('<h1>Basket: lamp, blue-chair</h1>');
			expect(last.body).not.toContain('notice');
		});

		test('an uploaded file is moved', async () => {
			const form = new FormData();
			form.set('title', 'Ein schönes Bild');
			form.set('picture', new Blob([PICTURE], { type: 'image/png' }), 'bild ä.png');
			const { body } = await visitor().ask('/upload', { method: 'POST', body: form });
			const hash = createHash('sha1').update(PICTURE).digest('hex');
			const title = 'Ein schönes Bild';
			expect(JSON.parse(body)).toEqual({ name: 'bild ä.png', size: PICTURE.length, valid: true, title, hash });
		});

		test('a request reads what a command of the console publishes, and what it publishes next', async () => {
			const flags = async () => JSON.parse((await visitor().ask('/flags')).body);
			writeFileSync(join(folder, 'config/flags.json'), '{"checkout":"old"}');
			await eventually('the flags', async () => (await flags()).checkout === 'old');
			writeFileSync(join(folder, 'config/flags.json'), '{"checkout":"new","colour":"blue"}');
			await eventually('the new flags', async () => (await flags()).colour === 'blue');
			expect(await flags()).toEqual({ checkout: 'new', colour: 'blue' });
		});
	});

	test('a reload keeps answering, and keeps what was published', async () => {
		const isOver = () => igor.stderr.includes('has been loaded again');
		igor.signal('SIGHUP');
		const seen = new Set<unknown>();
		for (let rounds = 0; rounds < 5 || !isOver(); rounds++) {
			for (const mode of MODES) {
				const visitor = new Visitor(urls[mode]);
				seen.add((await visitor.ask('/')).status);
				seen.add(JSON.parse((await visitor.ask('/flags')).body).colour);
			}
		}
		expect([...seen]).toEqual([200, 'blue']);
	});
});
