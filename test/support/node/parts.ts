import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

type Parts = typeof import('./parts-entry.ts');

/** Beside the library's own bundle: PHP threads are started from a file next to it. */
const BUNDLE = fileURLToPath(new URL(`../../../dist/test-parts-${process.pid}.js`, import.meta.url));
let built: Promise<Parts> | undefined;

/** The parts of the library, bundled as it is. */
export function parts(): Promise<Parts> {
	built ??= bundle();
	return built;
}

async function bundle(): Promise<Parts> {
	await build({
		entryPoints: [fileURLToPath(new URL('parts-entry.ts', import.meta.url))],
		outfile: BUNDLE,
		bundle: true,
		platform: 'node',
		format: 'esm',
		packages: 'external',
	});
	try {
		return (await import(pathToFileURL(BUNDLE).href)) as Parts;
	} finally {
		rmSync(BUNDLE);
	}
}
