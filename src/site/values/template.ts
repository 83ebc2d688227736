import { fullName } from '../../caddyfile/shorthands.ts';
import { placeholderGetter } from './placeholders.ts';
import type { RequestView } from './request-view.ts';
import type { Getter } from './system-placeholders.ts';

/** What a placeholder becomes that nobody knows: nothing, or the text that it is. Caddy does both, in its places. */
export type Unknown = 'empty' | 'keep';

/** Changes a value before it is put in. @param name the full one */
export type ChangeValue = (value: string, name: string) => string;

interface Placeholder {
	readonly name: string;
	readonly get: Getter;
}

/** A text with placeholders, read once. */
export class Template {
	/** The text itself, if nothing in it depends on a request. */
	readonly constant: string | undefined;
	readonly #parts: readonly (string | Placeholder)[];
	readonly #unknown: Unknown;

	constructor(text: string, unknown: Unknown = 'empty') {
		this.#parts = parse(text, unknown);
		this.#unknown = unknown;
		this.constant = this.#parts.every((part) => typeof part === 'string') ? this.#parts.join('') : undefined;
	}

	/** What stands in the text itself, beside the placeholders. */
	get literals(): string {
		return this.#parts.filter((part) => typeof part === 'string').join('');
	}

	/** The text for one request. */
	evaluate(request: RequestView, change?: ChangeValue): string {
		if (this.constant !== undefined) return this.constant;
		let text = '';
		for (const part of this.#parts) {
			if (typeof part === 'string') text += part;
			else {
				const value = part.get(request);
				if (value !== undefined) text += change === undefined ? value : change(value, part.name);
				else if (this.#unknown === 'keep') text += `{${part.name}}`;
			}
		}
		return text;
	}
}

function parse(text: string, unknown: Unknown): (string | Placeholder)[] {
	const parts: (string | Placeholder)[] = [];
	let literal = '';
	for (let at = 0; at < text.length; at++) {
		const char = text[at] as string;
		if (char === '\\' && (text[at + 1] === '{' || text[at + 1] === '}')) {
			literal += text[++at];
			continue;
		}
		const end = char === '{' ? closingBrace(text, at) : -1;
		if (end < 0) {
			literal += char;
			continue;
		}
		const name = fullName(text.slice(at + 1, end));
		const get = placeholderGetter(name);
		// In `{"a": "{path}"}` the first brace begins no placeholder, the second does.
		if (get === undefined && unknown === 'keep') literal += char;
		else {
			if (get !== undefined) {
				if (literal !== '') parts.push(literal);
				literal = '';
				parts.push({ name, get });
			}
			at = end;
		}
	}
	if (literal !== '') parts.push(literal);
	return parts;
}

/** The next closing brace that is not escaped, or -1. */
function closingBrace(text: string, from: number): number {
	let end = text.indexOf('}', from);
	while (end > 0 && text[end - 1] === '\\') end = text.indexOf('}', end + 1);
	return end;
}

/** The first placeholder of a text that only a request gives a value to; `{env.*}` is none. `undefined` = there is none. */
export function requestPlaceholder(text: string): string | undefined {
	for (const [all, name = ''] of text.matchAll(/\{([^{}\s]+)\}/g)) {
		if (/^(?:http|system|time|file)\./.test(fullName(name))) return all;
	}
	return undefined;
}
