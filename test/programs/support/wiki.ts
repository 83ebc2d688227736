import { appendFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, phpCli, runProgram } from '../../program/support/command-line.ts';
import { Igor, writeApp } from '../../program/support/igor.ts';
import { freePort } from '../../support/free-port.ts';
import { MEDIAWIKI } from './applications.ts';
import { type Page, textOf, Visitor } from './visitor.ts';

const ADMIN = 'Admin';
const PASSWORD = 'Corr3ct h0rse battery';
const NAME = 'Igor’s wiki';

/** A MediaWiki with data and configuration in a folder of its own; its code is only read. */
export class Wiki {
	readonly folder = realpathSync(writeApp({}));
	readonly host: string;
	readonly #settings = join(this.folder, 'LocalSettings.php');
	readonly #options: readonly string[];

	private constructor(port: number, options: readonly string[]) {
		this.host = `127.0.0.1:${port}`;
		this.#options = [
			...['--php', '8.2', '--ext', 'intl', '--env', `MW_CONFIG_FILE=${this.#settings}`],
			...['--mount', `${MEDIAWIKI}:ro`, ...options],
		];
		mkdirSync(join(this.folder, 'cache'));
	}

	/** @param options of Igor: where PHP may connect to, and what it sees */
	static async create(...options: string[]): Promise<Wiki> {
		return new Wiki(await freePort(), options);
	}

	/** Runs a script of its `maintenance` folder. */
	run(script: string, args: readonly string[], input?: string): Promise<Ended> {
		return phpCli([...this.#options, `${MEDIAWIKI}/maintenance/${script}`, ...args], { cwd: this.folder, input });
	}

	/** The same by native PHP. */
	runNatively(script: string, args: readonly string[], input?: string): Promise<Ended> {
		return runProgram('php', [`${MEDIAWIKI}/maintenance/${script}`, ...args], {
			cwd: this.folder,
			input,
			env: { MW_CONFIG_FILE: this.#settings },
		});
	}

	/** Its installer on the command line. */
	async install(...database: string[]): Promise<void> {
		const site = ['--server', `http://${this.host}`, '--scriptpath', '', '--pass', PASSWORD, '--skins', 'Vector'];
		const { status, out, err } = await this.run('install.php', [
			...[...database, ...site, '--confpath', this.folder],
			...[NAME, ADMIN],
		]);
		expect([status, err], out).toEqual([0, '']);
		expect(out).toContain('MediaWiki has been successfully installed');
		this.#configured();
	}

	/** Its installer in the browser, page by page; the data go to SQLite. */
	async installInBrowser(): Promise<void> {
		const visitor = new Visitor(`http://${this.host}`);
		const answers: Record<string, string>[] = [
			{ uselang: 'en', ContLang: 'en' },
			{},
			{ DBType: 'sqlite', sqlite_wgSQLiteDataDir: join(this.folder, 'data'), sqlite_wgDBname: 'wiki' },
			{
				...{ config_wgSitename: NAME, config__NamespaceType: 'site-name', config__AdminName: ADMIN },
				...{ config__AdminPassword: PASSWORD, config__AdminPasswordConfirm: PASSWORD, config__SkipOptional: 'skip' },
			},
			{},
			{},
		];
		let page = await visitor.get('/mw-config/index.php');
		for (const values of answers) {
			page = await visitor.submit(page, { ...values, 'submit-continue': 'Continue' });
		}
		const settings = await visitor.get('/mw-config/index.php?localsettings=1');
		expect(settings.text).toMatch(/^<\?php/);
		writeFileSync(this.#settings, settings.text);
		this.#configured();
	}

	async serve(): Promise<Igor> {
		const igor = new Igor(
			['php-server', '--threads', '1', '--root', MEDIAWIKI, '--listen', this.host, ...this.#options],
			this.folder,
		);
		await igor.ready();
		return igor;
	}

	/** Somebody logs in and writes a page in the editor; a stranger reads it. Returns what is read. */
	async write(title: string, wikitext: string): Promise<Page> {
		const author = new Visitor(`http://${this.host}`);
		const form = await author.get('/index.php?title=Special:UserLogin');
		const home = await author.submit(form, { wpName: ADMIN, wpPassword: PASSWORD });
		expect(textOf(home)).toContain(`"wgUserName":"${ADMIN}"`);
		const editor = await author.get(`/index.php?title=${title}&action=edit`);
		const saved = await author.submit(editor, {
			wpTextbox1: wikitext,
			wpSummary: 'A first version',
			wpSave: 'Save page',
		});
		expect(new URL(saved.url).pathname).toBe(`/index.php/${title}`);
		textOf(saved);
		return new Visitor(`http://${this.host}`).get(`/index.php/${title}`);
	}

	/** Debian's would keep its cache below /var. */
	#configured(): void {
		expect(existsSync(this.#settings)).toBe(true);
		appendFileSync(this.#settings, `\n$wgCacheDirectory = '${this.folder}/cache';\n`);
	}
}
