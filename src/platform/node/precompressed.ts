import Negotiator from 'negotiator';

export type PrecompressedName = 'br' | 'zstd' | 'gzip';

const ENDINGS: Readonly<Record<PrecompressedName, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/**
 * The file beside `path` that is the same in an encoding which the client takes.
 *
 * @param accepted the request's Accept-Encoding
 * @param names the encodings to look for, the best first
 * @returns `undefined` = the file itself is sent
 */
export function choosePrecompressed(
	path: string,
	accepted: string,
	names: readonly PrecompressedName[],
	exists: (path: string) => boolean,
): { readonly name: PrecompressedName; readonly ending: string } | undefined {
	if (accepted === '' || names.length === 0) return undefined;
	const preferred = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings([...names, 'identity']);
	for (const name of preferred) {
		if (name === 'identity') return undefined;
		const ending = ENDINGS[name as PrecompressedName];
		if (exists(path + ending)) return { name: name as PrecompressedName, ending };
	}
	return undefined;
}
