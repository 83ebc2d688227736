import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { Position } from '../caddyfile/position.ts';
import type { OptionsHost } from '../config/options.ts';

/** Finds paths on disk, and records them: they are what PHP may see. */
export class PathFinder {
	readonly visible: Set<string>;
	readonly #host: OptionsHost;

	constructor(host: OptionsHost) {
		this.#host = host;
		this.visible = new Set([host.cwd]);
	}

	/** The real path. */
	find(path: string, kind: 'file' | 'directory', position: Position, what: string): string {
		const absolute = this.#host.resolve(path);
		const found = this.#host.look(absolute);
		if (found?.kind !== kind) {
			const why = found === undefined ? 'does not exist or cannot be read' : `is a ${found.kind}, not a ${kind}`;
			throw new CaddyfileError('bad_value', position, `${what} ${quoteWord(absolute)} ${why}`);
		}
		this.visible.add(absolute).add(found.realPath);
		return found.realPath;
	}

	/** The real path of a script, in the first of the folders that has it. */
	findFile(path: string, bases: readonly string[], position: Position, what: string): string {
		const candidates = path.startsWith('/') ? [path] : bases.map((base) => `${base}/${path}`);
		const present = candidates.find((candidate) => this.#host.look(this.#host.resolve(candidate))?.kind === 'file');
		return this.find(present ?? (candidates[0] as string), 'file', position, what);
	}
}
