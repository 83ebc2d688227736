import { workerFiles } from 'igor:build';
import { keepOffline } from '../../../src/platform/browser/page/keep-offline.ts';

/** Has everything stored that the page needs, so that the next visit works without a network. Call it once the app runs. */
export async function keepPage(): Promise<void> {
	// What is loaded on demand only belongs to it, too.
	await import('../share/archive.ts').catch(() => {});
	const kept = await keepOffline(workerFiles.map((file) => new URL(file, import.meta.url)));
	if (kept?.failed === 0) performance.mark('igor-kept');
}
