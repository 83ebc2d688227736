import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noBlock, texts } from '../caddyfile/reading.ts';
import { readRegularExpression } from '../caddyfile/units.ts';

/**
 * `map [MATCHER] SOURCE DESTINATION… { [~]INPUT OUTPUT… }`, Caddy's: placeholders whose values depend on another one. They
 * are looked up when they are used.
 */
export interface Map {
	readonly type: 'map';
	/** Placeholders are still in it. */
	readonly source: string;
	/** Names of placeholders, without braces. */
	readonly destinations: readonly string[];
	readonly mappings: readonly Mapping[];
	/** For each destination; `undefined` = none. */
	readonly defaults?: readonly string[];
}

/** One line of a `map`. */
export interface Mapping {
	/** The text itself, or what a regular expression finds in it. */
	readonly input: { readonly text: string } | { readonly pattern: string };
	/** For each destination; null = this line says nothing of it. */
	readonly outputs: readonly (string | null)[];
}

/** @throws CaddyfileError */
export function readMap(directive: Directive): Map {
	const args = new Arguments(directive);
	const source = args.take('a source such as {path}').text;
	const destinations = args.some('destinations such as {my_value}').map((token) => {
		const name = /^\{([^{}]+)\}$/.exec(token.text)?.[1];
		if (name !== undefined) return name;
		throw new CaddyfileError('bad_value', token.position, `${quoteWord(token.text)} is no placeholder`, {
			expected: 'a name of your own in braces, such as {my_value}',
		});
	});
	let defaults: string[] | undefined;
	const mappings: Mapping[] = [];
	const inputs = new Set<string>();
	for (const line of directive.block ?? []) {
		noBlock(line);
		if (line.args.length > destinations.length) {
			throw new CaddyfileError('bad_arguments', line.position, 'there are more outputs than destinations');
		}
		const key = line.name.replace(/^~/, '');
		if (line.name === 'default' ? defaults : inputs.has(key)) {
			throw new CaddyfileError('conflict', line.position, `${quoteWord(line.name)} is given twice in 'map'`);
		}
		const missing = destinations.length - line.args.length;
		if (line.name === 'default') {
			defaults = [...texts(line.args), ...Array<string>(missing).fill('')];
			continue;
		}
		inputs.add(key);
		const outputs = line.args.map(({ text }) => (text === '-' ? null : text));
		mappings.push({ input: readInput(line), outputs: [...outputs, ...Array<null>(missing).fill(null)] });
	}
	return { type: 'map', source, destinations, mappings, ...(defaults && { defaults }) };
}

function readInput({ name, position }: Directive): Mapping['input'] {
	if (!name.startsWith('~')) return { text: name };
	const token = { text: name.slice(1), kind: 'word', quoted: false, startsLine: true, position, scope: '' } as const;
	return { pattern: readRegularExpression(token) };
}
