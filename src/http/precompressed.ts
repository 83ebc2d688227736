import { acceptedEncodings } from './accept-encoding.ts';

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
	for (const name of acceptedEncodings(accepted, names)) {
		const ending = ENDINGS[name];
		if (exists(path + ending)) return { name, ending };
	}
	return undefined;
}
