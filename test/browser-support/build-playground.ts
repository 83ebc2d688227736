import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Before tests that drive the playground's page: builds it, into dist/playground. */
export function setup(): void {
	const script = fileURLToPath(new URL('../../scripts/build-playground.mjs', import.meta.url));
	execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
