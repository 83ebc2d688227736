import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Set when this run of Vitest has built it: several projects ask for that, and one may be using it already. */
const BUILT = 'IGOR_PLAYGROUND_BUILT';

/** Before tests that drive the playground's page: builds it, into dist/playground. */
export function setup(): void {
	if (process.env[BUILT] === String(process.pid)) return;
	process.env[BUILT] = String(process.pid);
	const script = fileURLToPath(new URL('../../../scripts/build-playground.mjs', import.meta.url));
	execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
