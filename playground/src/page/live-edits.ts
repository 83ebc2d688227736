import { effect } from '@preact/signals';
import type { AppFiles } from '../host/protocol.ts';
import { files, noteWrites, shownFiles } from './workspace.ts';

/** Milliseconds after the last keystroke. */
const PAUSE = 300;

/** Writes one file into the running app; content undefined = removes it. */
export type WriteToApp = (name: string, content: string | undefined) => void;

/**
 * Keeps the running app's disk and the visitor's files in sync: edits go to the app a moment after the last keystroke,
 * and what the app writes is shown, unless the visitor is just editing that file.
 */
export class LiveEdits {
	readonly #write: WriteToApp;
	/** What lies on the app's disk, as far as we know; undefined = it does not run. */
	#disk: Record<string, string> | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(write: WriteToApp) {
		this.#write = write;
		effect(() => {
			if (this.#isBehind(shownFiles.value)) this.#later();
		});
	}

	/** The app is being started with these files. Edits wait until it runs. */
	starting(started: AppFiles): void {
		clearTimeout(this.#timer);
		this.#disk = { ...started };
	}

	/** The app runs: it gets what was edited meanwhile. */
	running(): void {
		if (this.#isBehind(shownFiles.peek())) this.#later();
	}

	/** The app has written files. */
	appWrote(changed: Readonly<Record<string, string | undefined>>): void {
		if (this.#disk === undefined) return;
		const shown = shownFiles.peek();
		const seen: Record<string, string | undefined> = {};
		for (const [name, content] of Object.entries(changed)) {
			const isBeingEdited = shown[name] !== this.#disk[name] && files.peek()[name] !== undefined;
			if (!isBeingEdited) seen[name] = content;
			if (content === undefined) delete this.#disk[name];
			else this.#disk[name] = content;
		}
		noteWrites(seen);
	}

	#isBehind(shown: AppFiles): boolean {
		const disk = this.#disk;
		if (disk === undefined) return false;
		const names = Object.keys(shown);
		return names.length !== Object.keys(disk).length || names.some((name) => shown[name] !== disk[name]);
	}

	#later(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#bring(), PAUSE);
	}

	#bring(): void {
		const disk = this.#disk ?? {};
		const shown = shownFiles.peek();
		for (const name of new Set([...Object.keys(disk), ...Object.keys(shown)])) {
			const content = shown[name];
			if (disk[name] === content) continue;
			if (content === undefined) delete disk[name];
			else disk[name] = content;
			this.#write(name, content);
		}
	}
}
