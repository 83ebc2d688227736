import { replaceEnvironment } from './environment-variables.ts';
import { CaddyfileError, quoteWord } from './errors.ts';
import type { CaddyfileHost } from './host.ts';
import { type ImportArguments, importParts, putArguments } from './import-arguments.ts';
import { type Token, tokenize } from './lexer.ts';
import { Position } from './position.ts';
import type { TokenStream } from './token-stream.ts';

/**
 * Something accepted that its author may not have meant. The message quotes nothing: whoever sends a Caddyfile to the
 * admin API can read it.
 */
export interface Warning {
	readonly position: Token['position'];
	readonly message: string;
}

/** The snippets defined so far, and who imports whom. */
export class Imports {
	readonly #host: CaddyfileHost;
	readonly #snippets = new Map<string, Token[]>();
	readonly #edges = new Map<string, Set<string>>();
	readonly warnings: Warning[] = [];

	constructor(host: CaddyfileHost) {
		this.#host = host;
	}

	/** The tokens of a file, environment variables replaced. */
	tokenizeFile(file: string, text: string): Token[] {
		return tokenize(
			{ file, text },
			replaceEnvironment(text, (name) => this.#host.variable(name)),
		);
	}

	/** @throws CaddyfileError when the name is taken */
	defineSnippet(name: Token, tokens: readonly Token[]): void {
		const key = name.text.slice(1, -1);
		if (this.#snippets.has(key)) {
			throw new CaddyfileError('conflict', name.position, `the snippet ${quoteWord(name.text)} is defined twice`);
		}
		const scope = `${name.position.file}:${name.text}`;
		this.#snippets.set(
			key,
			tokens.map((token) => ({ ...token, scope })),
		);
	}

	/**
	 * Replaces an `import`, whose keyword has been taken, by what it imports.
	 *
	 * @throws CaddyfileError when there is nothing of that name, for cycles and for missing arguments
	 */
	expand(keyword: Token, stream: TokenStream, topLevel: boolean): void {
		const [target, ...args] = stream.takeArguments();
		if (!target?.text) {
			throw new CaddyfileError('bad_import', target?.position ?? keyword.position, 'this import names nothing', {
				expected: 'the name of a snippet or of a file',
			});
		}
		const opening = stream.takeOpening();
		const block = opening ? stream.takeBlock(opening) : [];
		const given: ImportArguments = { args, block, parts: importParts(block) };
		const snippet = this.#snippets.get(target.text);
		if (snippet) {
			if (snippet[0]) this.#connect(keyword, target, snippet[0].scope);
			stream.insert(putArguments(snippet, given, topLevel), keyword);
			return;
		}
		const imported: Token[] = [];
		for (const file of this.#files(target)) {
			this.#connect(keyword, target, file);
			const tokens = this.#readFile(file, target);
			if (tokens.length === 0) {
				this.warnings.push({
					position: new Position({ file, text: '' }, 1, 1),
					message: 'this imported file is empty',
				});
			}
			for (const token of putArguments(tokens, given, topLevel)) imported.push(token);
		}
		stream.insert(imported, keyword);
	}

	#files(target: Token): readonly string[] {
		const pattern = target.text;
		if (/\*[^*]*\*/.test(pattern) || /[?[\]]/.test(pattern)) {
			const what = `${quoteWord(pattern)} has other wildcards than one '*'`;
			throw new CaddyfileError('bad_import', target.position, what);
		}
		const files = this.#ask(target, () => this.#host.glob(pattern, target.position.file));
		const wild = pattern.includes('*');
		if (files.length === 0 && !wild) {
			throw new CaddyfileError('bad_import', target.position, `there is no snippet or file ${quoteWord(pattern)}`, {
				known: this.#snippets.keys(),
				word: pattern,
				hint: 'snippets have to be defined before they are imported',
			});
		}
		if (files.length === 0) {
			this.warnings.push({ position: target.position, message: 'no file matches this pattern' });
		}
		if (!/(?:^|[\\/])\*[^\\/]*$/.test(pattern)) return files;
		return files.filter((file) => !/(?:^|[\\/])\.[^\\/]*$/.test(file));
	}

	#readFile(file: string, target: Token): Token[] {
		const text = this.#ask(target, () => this.#host.read(file));
		if (text === undefined) {
			throw new CaddyfileError('bad_import', target.position, `the file ${file} cannot be read`);
		}
		return this.tokenizeFile(file, text);
	}

	/** Turns whatever the host throws into an error with a position. */
	#ask<T>(target: Token, question: () => T): T {
		try {
			return question();
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new CaddyfileError('bad_import', target.position, `cannot import ${quoteWord(target.text)}: ${reason}`);
		}
	}

	/** Records who imports whom, and refuses cycles. */
	#connect(keyword: Token, target: Token, to: string): void {
		if (this.#reaches(to, keyword.scope)) {
			throw new CaddyfileError('bad_import', target.position, `${quoteWord(target.text)} imports itself`, {
				hint: to === keyword.scope ? 'an import cannot name what it stands in' : `by way of ${keyword.scope}`,
			});
		}
		const edges = this.#edges.get(keyword.scope);
		if (edges) edges.add(to);
		else this.#edges.set(keyword.scope, new Set([to]));
	}

	#reaches(from: string, to: string): boolean {
		const seen = new Set<string>();
		const open = [from];
		for (let node = open.pop(); node !== undefined; node = open.pop()) {
			if (node === to) return true;
			if (seen.has(node)) continue;
			seen.add(node);
			open.push(...(this.#edges.get(node) ?? []));
		}
		return false;
	}
}
