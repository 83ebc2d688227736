import { expect } from 'vitest';

/** Only what hangs has to wait for it. */
const LIMIT = 60_000;
const MOST_REDIRECTS = 5;
/** What PHP shows when something is wrong. */
const PHP_ERROR = /<b>(Warning|Notice|Deprecated|Fatal error|Parse error)<\/b>:/;

/** A page as a visitor sees it. */
export interface Page {
	readonly status: number;
	/** Where it was found in the end. */
	readonly url: string;
	readonly type: string;
	readonly text: string;
}

/** The text of a page that has to be a good one. */
export function textOf({ status, url, text }: Page): string {
	expect(status, `${url}: ${text}`).toBe(200);
	expect(text).not.toMatch(PHP_ERROR);
	return text;
}

/** A visitor of one site: keeps its cookies, follows its redirects, and fills in its forms, as a browser does. */
export class Visitor {
	readonly #origin: string;
	readonly #cookies = new Map<string, string>();

	constructor(origin: string) {
		this.#origin = origin;
	}

	async get(path: string, headers: Record<string, string> = {}): Promise<Page> {
		return this.#ask(path, { headers });
	}

	/** Sends a form; with FormData as one with files. */
	async post(
		path: string,
		form: Record<string, string> | FormData,
		headers: Record<string, string> = {},
	): Promise<Page> {
		const body = form instanceof FormData ? form : new URLSearchParams(form);
		return this.#ask(path, { method: 'POST', body, headers });
	}

	/** Fills in the form of a page that has this field and sends it, with what the page put into its hidden fields. */
	async submit(page: Page, values: Record<string, string>): Promise<Page> {
		const [field] = Object.keys(values) as [string];
		const form = [...page.text.matchAll(/<form\b[\s\S]*?<\/form>/g)].map(([text]) => text);
		const filled = form.find((text) => new RegExp(`name=['"]${field}['"]`).test(text));
		if (filled === undefined) throw new Error(`${page.url} has no form with "${field}":\n${page.text}`);
		const action = attribute(filled, 'action') ?? page.url;
		const hidden = [...filled.matchAll(/<input\b[^>]*>/g)]
			.map(([input]) => input)
			.filter((input) => attribute(input, 'type') === 'hidden')
			.map((input) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']);
		return this.post(new URL(action, page.url).href, { ...Object.fromEntries(hidden), ...values });
	}

	async #ask(path: string, init: RequestInit): Promise<Page> {
		let url = new URL(path, this.#origin);
		let request: RequestInit = init;
		for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
			const headers = new Headers(init.headers);
			headers.set('Cookie', [...this.#cookies].map((pair) => pair.join('=')).join('; '));
			const response = await fetch(url, {
				...request,
				headers,
				redirect: 'manual',
				signal: AbortSignal.timeout(LIMIT),
			});
			for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
			const text = await response.text();
			const location = response.headers.get('Location');
			if (location === null || response.status < 300 || response.status > 399) {
				return { status: response.status, url: url.href, type: response.headers.get('Content-Type') ?? '', text };
			}
			url = new URL(location, url);
			if (url.origin !== this.#origin) throw new Error(`${this.#origin} leads elsewhere: ${url}`);
			request = {};
		}
		throw new Error(`${url} leads from one page to the next.`);
	}

	#keep(cookie: string): void {
		const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
		if (name === undefined || value === undefined) return;
		if (/;\s*max-age=0\b/i.test(cookie) || /^(deleted|\+|%20)?$/.test(value)) this.#cookies.delete(name);
		else this.#cookies.set(name, value);
	}
}

/** An attribute of the first tag of a text, without its entities. */
function attribute(tag: string, name: string): string | undefined {
	const [, , value] = new RegExp(`^<[^>]*?\\s${name}=(['"])(.*?)\\1`, 's').exec(tag) ?? [];
	return value
		?.replace(/&quot;/g, '"')
		.replace(/&#0?39;/g, "'")
		.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
		.replace(/&lt;/g, '<')
		.replace(/&gt;/g, '>')
		.replace(/&amp;/g, '&');
}
