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
