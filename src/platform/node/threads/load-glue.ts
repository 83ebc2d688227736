import { pathToFileURL } from 'node:url';
import type { EmscriptenGlue } from '../../../php-thread/abi/emscripten.ts';
import { CachedScript } from './cached-script.ts';
import type { Glue } from './glue.ts';

/** PHP's glue, and how to keep it compiled once it has run. */
export type LoadedGlue = { readonly loading: Promise<EmscriptenGlue>; save(): void };

/** Begins to load PHP's glue on this thread. @param codeCache from `codeCacheFolder()` */
export function loadGlue({ file, isScript }: Glue, codeCache: string | undefined): LoadedGlue {
	if (!isScript) return { loading: import(pathToFileURL(file).href), save: () => {} };
	const script = new CachedScript<EmscriptenGlue>(file, codeCache);
	return { loading: Promise.resolve(script.exports), save: () => script.save() };
}
