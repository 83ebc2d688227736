/** Which sidekicks may start: names and patterns, `*` = any characters. */
export class AllowedNames {
	/** As written in the configuration; empty = every name. */
	readonly patterns: readonly string[];
	readonly #expressions: readonly RegExp[];

	constructor(patterns: readonly string[] = []) {
		this.patterns = patterns;
		this.#expressions = patterns.map(
			(pattern) => new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`, 's'),
		);
	}

	has(name: string): boolean {
		return this.patterns.length === 0 || this.#expressions.some((expression) => expression.test(name));
	}
}

function escapeExpression(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
