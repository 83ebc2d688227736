import { signal } from '@preact/signals';
import type { PhpBinaries, PhpVersion, StartProgress } from '../../../src/browser.ts';
import { loadPhp } from '../../../src/platform/browser/load-php.ts';

/** How far the start has got. */
export const progress = signal<StartProgress>({ step: 'download', loaded: 0, total: 0 });

/** PHP, loaded by the page itself while its web workers start. Called again after a failure, it tries again. */
export function php(version: PhpVersion): Promise<PhpBinaries> {
	return loadPhp({
		php: version,
		onProgress: (at) => {
			progress.value = at;
		},
	});
}
