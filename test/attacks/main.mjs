// `npm run attacks [-- vitest's arguments]`: the attack tests at full length.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const args = [vitest, 'run', '--project', 'node', 'test/attacks', ...process.argv.slice(2)];
const env = { IGOR_ATTACK_SECONDS: '30', IGOR_ATTACK_SEED: 'random', ...process.env };
spawn(process.execPath, args, { stdio: 'inherit', env }).on('close', (status) => {
	process.exitCode = status ?? 1;
});
