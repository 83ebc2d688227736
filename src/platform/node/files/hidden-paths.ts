import { stat } from 'node:fs/promises';
import path from 'node:path';
import { fromByteString } from '../../../bytes/byte-string.ts';
import { within } from '../../../time/within.ts';

/** How many folders are spoken of; who needs more has seen the point. */
const MOST = 20;
/** Paths that wait to be looked at; a script that asks for more at once is not kept a list of. */
const MOST_WAITING = 1000;
/** How long the end waits for the last looks, milliseconds: a network's folder may never answer. */
const PATIENCE = 1000;
/** Not asked for: what the host has there is not files of an application, or looking at it starts something. */
const NOT_LOOKED_AT = /^\/(?:dev|proc|sys|run|net|afs|internal|request)(?:\/|$)/;

/** Means itself in a shell, a Caddyfile and `--mount`. */
const PLAIN = /^[\p{L}\p{M}\p{N}/._@+-]+$/u;

/**
 * Tells the operator which paths PHP asked for that exist on the host and are not visible to it. The host is looked at
 * here, on the main thread, and not on PHP's: PHP learns nothing, not even from the time it takes.
 */
export class HiddenPaths {
	readonly #tell: (message: string) => void;
	readonly #remedy: (folder: string) => string;
	readonly #folders = new Set<string>();
	readonly #stat: typeof stat;
	/** One after the other, in the order that PHP asked. */
	#looking = Promise.resolve();
	#waiting = 0;

	/** @param remedy says how a folder is shown */
	constructor(tell: (message: string) => void, remedy: (folder: string) => string, statOf = stat) {
		this.#tell = tell;
		this.#remedy = remedy;
		this.#stat = statOf;
	}

	/** PHP has asked for a path and found nothing. @param bytes absolute, a byte string */
	asked(bytes: string): void {
		const asked = path.normalize(fromByteString(bytes)).replace(/(?<=.)\/$/, '');
		if (this.#folders.size >= MOST || asked === '/' || NOT_LOOKED_AT.test(asked)) return;
		if (this.#waiting >= MOST_WAITING) return;
		this.#waiting++;
		this.#looking = this.#looking
			.then(() => this.#look(asked))
			.catch(() => {})
			.finally(() => {
				this.#waiting--;
			});
	}

	/** Resolves when everything has been said, after a second at the latest. */
	async settled(): Promise<void> {
		await within(PATIENCE, this.#looking);
	}

	async #look(asked: string): Promise<void> {
		const folder = (await this.#stat(asked)).isDirectory() ? asked : path.dirname(asked);
		// PHP looks at the folders around a file, too.
		const isKnown = [...this.#folders].some((known) => known === folder || known.startsWith(`${folder}/`));
		if (folder === '/' || isKnown || this.#folders.size >= MOST) return;
		this.#folders.add(folder);
		// The name of a folder may be PHP's choice, and the remedy is there to be copied into a shell.
		const remedy = this.#remedy(PLAIN.test(folder) ? folder : 'FOLDER');
		this.#tell(`PHP asked for ${printable(asked)}, which exists, but PHP does not see it: ${remedy} shows the folder.`);
	}
}

/** On one line, without what terminals obey or what turns the direction of text. */
function printable(text: string): string {
	const quoted = JSON.stringify(text).slice(1, -1);
	return quoted.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
