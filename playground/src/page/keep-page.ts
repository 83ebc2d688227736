import { workerFiles } from 'igor:build';
import type { PhpVersion } from '../../../src/browser.ts';
import { keepOffline } from '../../../src/platform/browser/page/keep-offline.ts';

/** Stores everything that the page needs, so that the next visit works offline. Call it once the app runs. */
export async function keepPage(php: PhpVersion): Promise<void> {
	// Includes what is only loaded on demand.
	await Promise.all([import('../share/archive.ts'), import('../share/read-zip.ts')]).catch(() => {});
	const files = workerFiles[php] ?? [];
	const kept = await keepOffline(files.map((file) => new URL(file, import.meta.url)));
	if (kept?.failed === 0) performance.mark('igor-kept');
}
