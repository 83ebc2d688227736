import { phpFile } from 'igor:build';
import { signal } from '@preact/signals';
import type { PhpBinaries, StartProgress } from '../../../src/browser.ts';
import { loadPhp } from '../../../src/platform/browser/load-php.ts';

/** How far the start is. */
export const progress = signal<StartProgress>({ step: 'download', loaded: 0, total: 0 });

/** PHP, loaded by the page itself: its workers start meanwhile. Called again after a failure, it tries again. */
export function php(): Promise<PhpBinaries> {
	return loadPhp({
		onProgress: (at) => {
			progress.value = at;
		},
	});
}

/** Fills the cache of the browser, for a page that is about to be loaded once more. */
export async function downloadAhead(): Promise<void> {
	const response = await fetch(new URL(phpFile, import.meta.url), { credentials: 'same-origin' });
	// What nobody reads is not downloaded.
	await response.body?.pipeTo(new WritableStream());
}
