import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Not /tmp: PHP has one of its own, which would hide the outside from links. */
const TEMPORARY = existsSync('/var/tmp') ? '/var/tmp' : tmpdir();

/** What PHP must never read. */
export const CANARY = 'CANARY-outside';

/** A name that there is outside only. */
const SENTINEL = 'sentinel.txt';
/** Files in `outside` and in `outside/sub`. */
const OUTSIDE = ['canary.txt', 'x', 'f', SENTINEL];

/** A folder `inside` that PHP sees, and one `outside` beside it that nobody may read, change or list. */
export class Grounds {
	readonly base = realpathSync(mkdtempSync(join(TEMPORARY, 'grounds-')));
	readonly inside = join(this.base, 'inside');
	readonly outside = join(this.base, 'outside');
	readonly #before: unknown;

	constructor() {
		mkdirSync(join(this.outside, 'sub'), { recursive: true });
		for (const folder of ['', 'sub']) {
			// The same names as inside: whoever is led astray finds them.
			for (const name of OUTSIDE) {
				writeFileSync(join(this.outside, folder, name), CANARY);
				utimesSync(join(this.outside, folder, name), 1000, 1000);
			}
		}
		this.reset();
		this.#before = snapshot(this.outside);
	}

	/** `inside` as it is at the start: a/sub/x, a/x, b/ and f, all with the text "inside". */
	reset(): void {
		rmSync(this.inside, { recursive: true, force: true });
		mkdirSync(join(this.inside, 'a/sub'), { recursive: true });
		mkdirSync(join(this.inside, 'b'));
		for (const file of ['a/sub/x', 'a/x', 'f']) writeFileSync(join(this.inside, file), 'inside');
	}

	/** Whether that is what stat(2) tells of a file outside. */
	isOutside(stat: { dev?: number; ino?: number }): boolean {
		return ['', 'sub'].some((folder) =>
			OUTSIDE.some((name) => lstatSync(join(this.outside, folder, name)).ino === stat.ino),
		);
	}

	/** Fails when a word of the outside is among what PHP has said. */
	expectNothingOf(...said: unknown[]): void {
		const text = JSON.stringify(said);
		expect(text).not.toContain(CANARY);
		expect(text).not.toContain(SENTINEL);
	}

	/** Fails when anything outside has been changed, or is among what PHP has said. */
	expectUntouched(...said: unknown[]): void {
		expect(snapshot(this.outside)).toEqual(this.#before);
		this.expectNothingOf(...said);
	}

	remove(): void {
		rmSync(this.base, { recursive: true, force: true });
	}
}

function snapshot(folder: string): unknown[] {
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
	return ['', ...names].map((name) => {
		const stat = lstatSync(join(folder, name));
		const content = stat.isFile() ? readFileSync(join(folder, name), 'latin1') : undefined;
		return [name, stat.mode, stat.nlink, stat.uid, stat.isFile() ? stat.mtimeMs : stat.ctimeMs, content];
	});
}
