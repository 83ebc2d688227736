import { CaddyfileError, type CaddyfileErrorCode, type ErrorHelp, quoteWord } from '../../caddyfile/errors.ts';
import { Position, type Source } from '../../caddyfile/position.ts';

/** What a JSON value may be instead of what was expected, in words. */
type Kind = 'null' | 'a boolean' | 'a number' | 'a text' | 'a list' | 'an object';

/** A value in a JSON document, and its place there. */
export class JsonNode {
	readonly value: unknown;
	readonly path: string;
	readonly #source: Source;

	constructor(value: unknown, path: string, source: Source) {
		this.value = value;
		this.path = path;
		this.#source = source;
	}

	get position(): Position {
		return new Position(this.#source, 1, 1, this.path);
	}

	/** Another value at the same place. */
	as(value: unknown): JsonNode {
		return new JsonNode(value, this.path, this.#source);
	}

	error(code: CaddyfileErrorCode, what: string, help?: ErrorHelp): CaddyfileError {
		return new CaddyfileError(code, this.position, what, help);
	}

	/** @throws CaddyfileError */
	text(): string {
		return typeof this.value === 'string' ? this.value : this.#wrong('a text');
	}

	/** Where Caddy takes a number or a boolean for a text, too, as for a status: it as a text. @throws CaddyfileError */
	weak(): JsonNode {
		const isSimple = ['string', 'number', 'boolean'].includes(typeof this.value);
		return isSimple ? this.as(String(this.value)) : this.#wrong('a text');
	}

	/** A number as a text, for a line of a Caddyfile. @throws CaddyfileError */
	amount(): JsonNode {
		return this.as(String(this.number()));
	}

	/** @throws CaddyfileError */
	flag(): boolean {
		return typeof this.value === 'boolean' ? this.value : this.#wrong('a boolean');
	}

	/** @throws CaddyfileError */
	number(): number {
		return typeof this.value === 'number' ? this.value : this.#wrong('a number');
	}

	/** @throws CaddyfileError */
	list(): JsonNode[] {
		if (!Array.isArray(this.value)) return this.#wrong('a list');
		return this.value.map((each: unknown, index) => new JsonNode(each, `${this.path}[${index}]`, this.#source));
	}

	/** @throws CaddyfileError */
	object(): JsonObject {
		return new JsonObject(this, new Map(this.entries()));
	}

	/** The fields of an object. @throws CaddyfileError */
	entries(): [name: string, value: JsonNode][] {
		const { value } = this;
		if (kindOf(value) !== 'an object') return this.#wrong('an object');
		return Object.entries(value as object).map(([name, each]) => [
			name,
			new JsonNode(each, pathOf(this.path, name), this.#source),
		]);
	}

	#wrong(expected: Kind): never {
		throw this.error('bad_value', `this is ${kindOf(this.value)}`, { expected });
	}
}

/** An object of a JSON document, field by field: what nobody has asked for is refused in the end. */
export class JsonObject {
	readonly node: JsonNode;
	readonly #fields: Map<string, JsonNode>;
	readonly #known = new Set<string>();

	constructor(node: JsonNode, fields: Map<string, JsonNode>) {
		this.node = node;
		this.#fields = fields;
	}

	/** A field; `undefined` = it is missing or null, which is the same to Caddy. */
	get(name: string): JsonNode | undefined {
		this.#known.add(name);
		const field = this.#fields.get(name);
		return field?.value === null ? undefined : field;
	}

	/** A field that has to be there. @throws CaddyfileError */
	need(name: string): JsonNode {
		const field = this.get(name);
		if (field !== undefined) return field;
		throw this.node.error('bad_arguments', `${quoteWord(name)} is missing here`);
	}

	/** Fields that change nothing in Igor. */
	ignore(...names: readonly string[]): void {
		for (const name of names) this.#known.add(name);
	}

	/** Whether a field is there, even if it is null. */
	has(name: string): boolean {
		return this.#fields.has(name);
	}

	/** The fields that nobody has asked for, which are known now. */
	rest(): [name: string, value: JsonNode][] {
		const rest = [...this.#fields].filter(([name]) => !this.#known.has(name) && name !== ID);
		this.ignore(...this.#fields.keys());
		return rest;
	}

	/** @param unsupported fields that Caddy has and Igor has not @throws CaddyfileError when a field is left */
	end(unsupported: readonly string[] = []): void {
		for (const [name, node] of this.#fields) {
			if (this.#known.has(name) || name === ID) continue;
			if (unsupported.includes(name)) throw node.error('unsupported', `${quoteWord(name)} is not supported by Igor`);
			throw node.error('unknown_option', `unknown field ${quoteWord(name)}`, {
				expected: [...this.#known].sort().join(', '),
				known: this.#known,
				word: name,
			});
		}
	}
}

/** Caddy's own mark, which any object may have. */
const ID = '@id';

function kindOf(value: unknown): Kind {
	if (value === null || value === undefined) return 'null';
	if (Array.isArray(value)) return 'a list';
	switch (typeof value) {
		case 'string':
			return 'a text';
		case 'number':
			return 'a number';
		case 'boolean':
			return 'a boolean';
		default:
			return 'an object';
	}
}

function pathOf(path: string, name: string): string {
	const isPlain = /^[\w-]{1,60}$/.test(name);
	if (!isPlain) return `${path}["${quoteWord(name).slice(1, -1)}"]`;
	return path === '' ? name : `${path}.${name}`;
}
