/** A file as its author wrote it, before environment variables are replaced. */
export interface Source {
	/** As errors show it. */
	readonly file: string;
	readonly text: string;
}

/**
 * A place in a Caddyfile; line and column count from 1, the column in UTF-16 code units.
 * Written as JSON it is `{file, line, column}`: the source stays private, only errors quote from it.
 */
export class Position {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	/** In a JSON document: the path of the value, such as `apps.http.servers.srv0.routes[0]`. */
	readonly path?: string;
	readonly #source: Source;

	/** @param path in a JSON document; its lines are not known then */
	constructor(source: Source, line: number, column: number, path?: string) {
		this.file = source.file;
		this.line = line;
		this.column = column;
		if (path !== undefined) this.path = path;
		this.#source = source;
	}

	/** The line as the author wrote it, without its line end; it never has values of environment variables. */
	get sourceLine(): string {
		return this.#source.text.split('\n', this.line)[this.line - 1]?.replace(/\r$/, '') ?? '';
	}

	toString(): string {
		if (this.path !== undefined) return this.path === '' ? this.file : `${this.file}: ${this.path}`;
		return `${this.file}:${this.line}:${this.column}`;
	}
}

/** Turns offsets of a source into positions. */
export class PositionFinder {
	readonly #source: Source;
	readonly #lineStarts: number[] = [0];

	constructor(source: Source) {
		this.#source = source;
		for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) {
			this.#lineStarts.push(at + 1);
		}
	}

	at(offset: number): Position {
		let low = 0;
		let high = this.#lineStarts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.#lineStarts[middle]! <= offset) low = middle;
			else high = middle - 1;
		}
		return new Position(this.#source, low + 1, offset - this.#lineStarts[low]! + 1);
	}
}
