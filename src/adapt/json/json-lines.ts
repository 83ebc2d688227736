import type { Token } from '../../caddyfile/lexer.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import type { Position } from '../../caddyfile/position.ts';
import type { BlockContents } from '../../directives/directive.ts';
import type { JsonNode, JsonObject } from './json-node.ts';

/**
 * A line as a Caddyfile would have it, made of JSON: what reads Caddyfiles reads it, so that each rule and each message
 * stands in one place.
 */
export interface JsonLine extends Directive {
	/** Its block, if that holds directives: they have been read already. */
	readonly contents?: BlockContents;
}

/** An argument; a node keeps its place. */
export type Word = string | JsonNode;

/** Makes a line. */
export function lineOf(
	position: Position,
	name: string,
	args: readonly Word[] = [],
	block?: readonly Directive[],
): JsonLine {
	return { name, args: args.map((arg) => tokenOf(arg, position)), position, ...(block && { block }) };
}

/** Makes an argument. @throws CaddyfileError for a node that is no text; see `weak()` and `amount()` for others */
export function tokenOf(word: Word, position: Position): Token {
	const text = typeof word === 'string' ? word : word.text();
	const at = typeof word === 'string' ? position : word.position;
	return { text, kind: 'word', quoted: true, startsLine: false, position: at, scope: '' };
}

/** What a line says, without its places. */
export function plainLine({ name, args, block = [] }: Directive): unknown {
	return [name, args.map(({ text }) => text), block.map(plainLine)];
}

/** Collects the lines of a block from the fields of an object. All throw CaddyfileError. */
export class BlockLines {
	readonly lines: Directive[] = [];
	readonly #object: JsonObject;

	constructor(object: JsonObject) {
		this.#object = object;
	}

	/** `FIELD: "value"` as `NAME value`. */
	value(field: string, name = field): this {
		const node = this.#object.get(field);
		if (node) this.lines.push(lineOf(node.position, name, [node]));
		return this;
	}

	/** As `value`, where Caddy takes a number or a boolean for a text, too. */
	weak(field: string, name = field): this {
		const node = this.#object.get(field)?.weak();
		if (node) this.lines.push(lineOf(node.position, name, [node]));
		return this;
	}

	/** As `value`, for a number, whatever it is. */
	amount(field: string, name = field): this {
		const node = this.#object.get(field)?.amount();
		if (node) this.lines.push(lineOf(node.position, name, [node]));
		return this;
	}

	/** As `amount`, but Caddy leaves a 0 out: it is as if it was missing. */
	number(field: string, name = field): this {
		const node = this.#object.get(field);
		if (node && node.number() !== 0) this.lines.push(lineOf(node.position, name, [String(node.number())]));
		return this;
	}

	/** `FIELD: true` as `NAME`. @param when the value that is said by the line; the other one is the default */
	flag(field: string, name = field, when = true): this {
		const node = this.#object.get(field);
		if (node && node.flag() === when) this.lines.push(lineOf(node.position, name));
		return this;
	}

	/** Nanoseconds, or a text such as `5s`. */
	duration(field: string, name = field): this {
		const node = this.#object.get(field);
		if (node && node.value !== 0) this.lines.push(lineOf(node.position, name, [durationText(node)]));
		return this;
	}

	/** `FIELD: ["a", "b"]` as `NAME a b`. */
	list(field: string, name = field): this {
		const node = this.#object.get(field);
		const items = node?.list() ?? [];
		if (node && items.length > 0) this.lines.push(lineOf(node.position, name, items));
		return this;
	}

	/** `FIELD: {"a": "b"}` as `NAME a b` for each. */
	map(field: string, name = field): this {
		for (const [key, value] of this.#object.get(field)?.entries() ?? []) {
			this.lines.push(lineOf(value.position, name, [key, value]));
		}
		return this;
	}

	add(...lines: readonly Directive[]): this {
		this.lines.push(...lines);
		return this;
	}
}

const NANOSECONDS = 1_000_000;

/** A duration as a Caddyfile has it. @throws CaddyfileError */
export function durationText(node: JsonNode): string {
	if (typeof node.value === 'string') return node.value;
	const nanoseconds = node.number();
	// What is no duration at all stays as it is: whoever reads it says so.
	return nanoseconds >= 1 ? `${nanoseconds / NANOSECONDS}ms` : String(nanoseconds);
}

/** A duration as Caddy writes it. @param duration milliseconds */
export function nanoseconds(duration: number): number {
	return Math.round(duration * NANOSECONDS);
}
