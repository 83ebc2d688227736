import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import {
	type HostedFile,
	openStaticHost,
	type StaticHost,
} from '../../platform/browser/service-worker/support/static-host.ts';

const BUILT = fileURLToPath(new URL('../../../dist/playground/', import.meta.url));
/** How long the app may take to be there, also on a busy machine, milliseconds. */
export const START = 45_000;

/** The built playground on a bare static host, below /some/path/. */
export function hostPlayground(): Promise<StaticHost> {
	const files = new Map<string, HostedFile>();
	for (const entry of readdirSync(BUILT, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		files.set(path.slice(BUILT.length), { content: readFileSync(path) });
	}
	files.set('', files.get('index.html') as HostedFile);
	return openStaticHost(files);
}

/** One visitor: a profile of its own, and a tab with the playground. */
export class Visitor implements AsyncDisposable {
	readonly context: BrowserContext;
	readonly page: Page;
	/** What the console said that a developer would call an error. */
	readonly errors: string[] = [];
	readonly #url: string;

	private constructor(context: BrowserContext, page: Page, url: string) {
		this.context = context;
		this.page = page;
		this.#url = url;
		page.on('console', (message) => {
			if (message.type() === 'error') this.errors.push(message.text());
		});
		page.on('pageerror', (error) => this.errors.push(error.message));
	}

	/** `before` may change what the browser can do. */
	static async arrive(
		browser: Browser,
		host: StaticHost,
		options: BrowserContextOptions = {},
		before: (context: BrowserContext) => Promise<unknown> = async () => {},
	): Promise<Visitor> {
		const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
		await before(context);
		return new Visitor(context, await context.newPage(), host.url);
	}

	/** A second tab of the same profile. */
	async anotherTab(): Promise<Visitor> {
		return new Visitor(this.context, await this.context.newPage(), this.#url);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.context.close();
	}

	/** Opens a scenario, or another link of the playground, and waits until its app is shown. */
	async open(fragment: string): Promise<void> {
		await this.visit(fragment);
		await this.shown();
	}

	/** Opens a link of the playground. */
	async visit(fragment: string): Promise<void> {
		await this.page.goto(`${this.#url}#${fragment}`);
	}

	/** Waits until the frame has a page of the app. */
	async shown(): Promise<void> {
		await this.app.locator('h1, h2, pre, main').first().waitFor({ timeout: START });
		const instead = this.app.locator('body', { hasText: /^The (app|page) / });
		if ((await instead.count()) > 0) throw new Error(`No page of the app: ${await instead.innerText()}`);
	}

	/** The app in its frame. */
	get app(): FrameLocator {
		return this.page.frameLocator('iframe[title="The app"]');
	}

	panel(name: string): Locator {
		return this.page.locator(`[data-panel="${name}"]`);
	}

	/** A sidekick as its panel shows it. */
	sidekick(name: string): Locator {
		return this.page.locator(`[aria-label="Sidekick ${name}"]`);
	}

	/** The log as text, of all levels. */
	async log(): Promise<string> {
		await this.page.getByLabel('Least level').selectOption('debug');
		return this.page.locator('[aria-label="Log"]').innerText();
	}

	/** Opens a file in the editor and gives it another content. */
	async edit(file: string, content: string): Promise<void> {
		const name = file.split('/').at(-1) as string;
		await this.page.locator(`[aria-label="Files"] button`, { hasText: name }).first().click();
		const editor = this.page.locator('.cm-content');
		await editor.click();
		await this.page.keyboard.press('Control+A');
		await this.page.keyboard.press('Delete');
		await this.page.keyboard.insertText(content);
	}

	/** Sends a request by the console; answers with what the answer panel shows. */
	async send(path: string, times = 1): Promise<void> {
		const requests = this.panel('requests');
		await requests.getByLabel('Path').fill(path);
		await requests.getByLabel('How many at once').selectOption(String(times));
		await requests.getByRole('button', { name: 'Send' }).click();
	}

	/** Nothing went wrong that a developer would see. */
	expectNoErrors(): void {
		expect(this.errors).toEqual([]);
	}
}
