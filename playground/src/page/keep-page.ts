import { workerFiles } from 'igor:build';
import { keepOffline } from '../../../src/platform/browser/page/keep-offline.ts';

/** Stores everything that the page needs, so that the next visit works offline. Call it once the app runs. */
export async function keepPage(): Promise<void> {
	// Includes what is only loaded on demand.
	await import('../share/archive.ts').catch(() => {});
	const kept = await keepOffline(workerFiles.map((file) => new URL(file, import.meta.url)));
	if (kept?.failed === 0) performance.mark('igor-kept');
}
