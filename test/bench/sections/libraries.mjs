import { existsSync } from 'node:fs';
import { kernelNote, kernelRows } from '../kernels.mjs';

/** Where Debian has them. */
const folder = '/usr/share/php';
const libraries = {
	PhpParser: { file: 'parser.php', label: 'php-parser', kernels: 2 },
	Twig: { file: 'twig.php', label: 'Twig', kernels: 2 },
};

/** Libraries that compute. */
export async function librariesThatCompute() {
	const rows = [];
	for (const [name, program] of Object.entries(libraries)) {
		if (existsSync(`${folder}/${name}`))
			rows.push(...(await kernelRows({ ...program, mount: ['--mount', `${folder}:ro`] })));
		else rows.push({ what: `${program.label}, all / native php without JIT`, missing: `no ${folder}/${name}` });
	}
	return { notes: [kernelNote], rows };
}
