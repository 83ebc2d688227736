// Builds dist/docs/: the pages of docs/ as static files, with the playground below playground/. Fails for a dead link.
// `--base /PATH/` when the host has them below a path, `--compress` adds a .br to each file, `--out FOLDER` puts them
// elsewhere, `--no-playground` leaves the playground out.
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vitepress';
import { compress } from './compress.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: flags } = parseArgs({
	options: {
		base: { type: 'string', default: '/' },
		out: { type: 'string', default: join(root, 'dist', 'docs') },
		compress: { type: 'boolean', default: false },
		'no-playground': { type: 'boolean', default: false },
	},
});
const out = resolve(flags.out);

// Empties the folder first.
try {
	await build(join(root, 'docs'), { base: flags.base, outDir: out });
} catch (error) {
	process.stderr.write(`The pages were not built: ${error.message}\n`);
	process.exit(1);
}
if (flags.compress) compress(out);
if (!flags['no-playground']) {
	const script = join(root, 'scripts', 'build-playground.mjs');
	const { status } = spawnSync(process.execPath, [script, ...(flags.compress ? ['--compress'] : [])], {
		stdio: 'inherit',
	});
	if (status !== 0) process.exit(status ?? 1);
	cpSync(join(root, 'dist', 'playground'), join(out, 'playground'), { recursive: true });
}
