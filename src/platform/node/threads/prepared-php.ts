import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Edit } from '../../../php-binary/edits.ts';
import type { PhpFiles } from './php-packages.ts';

/** A file of `dist/`: how php.wasm of exactly that package is prepared for a server without further extensions. */
type EditsFile = { package: string; size: number; edits: { at: number; removed: number; inserted: string }[] };

const nameOf = (version: string): string => `php-${version}.edits.json`;

/**
 * What the build writes beside the code, so that no start has to search 25 MB for the same places again.
 * @param packageId name and version, as `@php-wasm/node-8-4@3.1.55`
 */
export function editsFile(version: string, packageId: string, size: number, edits: readonly Edit[]) {
	const written: EditsFile = {
		package: packageId,
		size,
		edits: edits.map((edit) => ({ ...edit, inserted: Buffer.from(edit.inserted).toString('base64') })),
	};
	return { name: nameOf(version), content: JSON.stringify(written) };
}

/**
 * Reads php.wasm straight into its prepared form, as `preparePhp()` would make it. Main thread.
 * @param dist the package's folder with the file of edits
 * @returns undefined when the build has not seen that package, or another file of it
 */
export async function readPreparedPhp(
	php: Pick<PhpFiles, 'binary' | 'packageId'>,
	dist: string,
	version: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
	const text = await readFile(path.join(dist, nameOf(version)), 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const known: EditsFile = JSON.parse(text);
	if (known.package !== php.packageId) return undefined;
	await using binary = await open(php.binary);
	if ((await binary.stat()).size !== known.size) return undefined;
	const edits = known.edits.map((edit) => ({ ...edit, inserted: Buffer.from(edit.inserted, 'base64') }));
	return readEdited(binary, known.size, edits);
}

async function readEdited(binary: FileHandle, size: number, edits: readonly Edit[]): Promise<Uint8Array<ArrayBuffer>> {
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
