import type { ServerFiles } from '../../../src/browser.ts';

/** Milliseconds between two checks. */
const PERIOD = 250;
const APP = '/app/';
/** Bytes of a file that the editor may show. */
const MOST_BYTES = 256 * 1024;

/** Reports what scripts of an app write, so that the editor shows it. */
export class FileFeed {
	readonly #files: ServerFiles;
	readonly #known = new Map<string, string>();
	readonly #timer: ReturnType<typeof setInterval>;
	readonly #decoder = new TextDecoder('utf-8', { fatal: true });

	constructor(files: ServerFiles, tell: (changed: Readonly<Record<string, string | undefined>>) => void) {
		this.#files = files;
		this.#look();
		let changes = files.changes;
		this.#timer = setInterval(() => {
			if (files.changes === changes) return;
			changes = files.changes;
			const changed = this.#look();
			if (Object.keys(changed).length > 0) tell(changed);
		}, PERIOD);
	}

	/** The page has this content itself. */
	wroteByPage(path: string, content: string | undefined): void {
		if (content === undefined) this.#known.delete(path);
		else this.#known.set(path, content);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	/** What has changed. */
	#look(): Record<string, string | undefined> {
		const changed: Record<string, string | undefined> = {};
		const paths = new Set<string>();
		for (const absolute of this.#files.list()) {
			const path = absolute.slice(APP.length);
			const content = this.#text(absolute);
			if (content === undefined) continue;
			paths.add(path);
			if (this.#known.get(path) === content) continue;
			this.#known.set(path, content);
			changed[path] = content;
		}
		for (const path of [...this.#known.keys()]) {
			if (paths.has(path)) continue;
			this.#known.delete(path);
			changed[path] = undefined;
		}
		return changed;
	}

	/** Undefined for what is not text, or too long for an editor. */
	#text(path: string): string | undefined {
		const bytes = this.#files.read(path);
		if (bytes === undefined || bytes.length > MOST_BYTES) return undefined;
		try {
			return this.#decoder.decode(bytes);
		} catch {
			return undefined;
		}
	}
}
