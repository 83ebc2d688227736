import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { PhpVersion } from '../../../config/values.ts';
import { compilationHints } from '../../../php-binary/compilation-hints.ts';
import { earlyFunctions } from '../../../php-binary/early-functions.ts';
import { applyEdits, type Edit, inOrder } from '../../../php-binary/edits.ts';
import { preparePhp } from '../../../php-binary/prepare-php.ts';
import type { PhpFiles } from './php-packages.ts';

type WrittenEdit = { at: number; removed: number; inserted: string };

/** A file of `dist/`: how php.wasm of exactly that package is prepared. */
type EditsFile = {
	package: string;
	size: number;
	/** For a server without further extensions, on upstream's interpreter. */
	edits: WrittenEdit[];
	/** Added to these, or made alone: the faster interpreter. None when there is none for that binary. */
	interpreter: WrittenEdit[];
};

/** What the build has recorded about one binary. */
export type RecordedEdits = { size: number; edits: Edit[]; interpreter: Edit[] };

const nameOf = (version: string): string => `php-${version}.edits.json`;

/**
 * What the build writes beside the code, so that no start has to search 25 MB for the same places again.
 * @param packageId name and version, as `@php-wasm/node-8-4@3.1.55`
 */
export function editsFile(version: string, packageId: string, { size, edits, interpreter }: RecordedEdits) {
	const written: EditsFile = {
		package: packageId,
		size,
		edits: edits.map(writtenEdit),
		interpreter: interpreter.map(writtenEdit),
	};
	return { name: nameOf(version), content: JSON.stringify(written) };
}

const writtenEdit = (edit: Edit): WrittenEdit => ({
	...edit,
	inserted: Buffer.from(edit.inserted).toString('base64'),
});

const editOf = (edit: WrittenEdit): Edit => ({ ...edit, inserted: Buffer.from(edit.inserted, 'base64') });

/** @returns undefined when the build has not seen that package, or another file of it */
async function recordedEdits(
	php: Pick<PhpFiles, 'binary' | 'packageId'>,
	dist: string,
	version: string,
): Promise<RecordedEdits | undefined> {
	const text = await readFile(path.join(dist, nameOf(version)), 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const known: EditsFile = JSON.parse(text);
	if (known.package !== php.packageId || (await stat(php.binary)).size !== known.size) return undefined;
	return { size: known.size, edits: known.edits.map(editOf), interpreter: known.interpreter.map(editOf) };
}

/** What PHP is read for: side modules that are loaded into it, the first is Igor's own; `isStock` = on upstream's interpreter. */
export type PhpUse = { version: PhpVersion; sideModules: readonly Uint8Array[]; isStock: boolean };

/**
 * Reads php.wasm in the form that threads are booted from. Main thread.
 * @param dist the package's folder with the file of edits
 * @param onSlow hears, for the operator, that PHP has to run on upstream's interpreter
 * @throws RangeError when the binary is not as expected
 */
export async function readPreparedPhp(
	php: Pick<PhpFiles, 'binary' | 'packageId'>,
	dist: string,
	{ version, sideModules, isStock }: PhpUse,
	onSlow: (message: string) => void,
): Promise<Uint8Array<ArrayBuffer>> {
	const recorded = await recordedEdits(php, dist, version);
	const interpreter = isStock ? [] : (recorded?.interpreter ?? []);
	if (interpreter.length === 0 && !isStock) {
		onSlow(
			`PHP ${version} runs slower than it could: this Igor has no faster interpreter for ${php.packageId}. Install the release that it was built with.`,
		);
	}
	if (recorded !== undefined && sideModules.length === 1) {
		return readEdited(php.binary, recorded.size, inOrder([...recorded.edits, ...interpreter]));
	}
	const prepared = preparePhp(await readFile(php.binary), sideModules, interpreter);
	// Functions of another release have other numbers.
	const early = recorded === undefined ? [] : earlyFunctions(version);
	return applyEdits(prepared, [compilationHints(prepared, early)]);
}

/**
 * Reads a file straight into its edited form.
 * @param size the file's, bytes
 * @param edits in the order of their places
 */
async function readEdited(file: string, size: number, edits: readonly Edit[]): Promise<Uint8Array<ArrayBuffer>> {
	await using binary = await open(file);
	const length = edits.reduce((sum, { removed, inserted }) => sum - removed + inserted.length, size);
	// Filled by what follows, each byte of it: there is nothing to clear.
	const made = Buffer.allocUnsafeSlow(length);
	const reading: Promise<void>[] = [];
	let from = 0;
	let to = 0;
	for (const { at, removed, inserted } of [...edits, { at: size, removed: 0, inserted: new Uint8Array() }]) {
		reading.push(readAll(binary, made.subarray(to, to + at - from), from));
		to += at - from;
		made.set(inserted, to);
		to += inserted.length;
		from = at + removed;
	}
	await Promise.all(reading);
	return made;
}

async function readAll(binary: FileHandle, into: Uint8Array, position: number): Promise<void> {
	for (let done = 0; done < into.length; ) {
		const { bytesRead } = await binary.read(into, done, into.length - done, position + done);
		if (bytesRead === 0) throw new Error('php.wasm became shorter while it was read.');
		done += bytesRead;
	}
}
