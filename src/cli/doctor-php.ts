import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULTS } from '../config/defaults.ts';
import { OptionsError } from '../config/options-error.ts';
import { PHP_EXTENSIONS, PHP_VERSIONS, type PhpExtension, type PhpVersion } from '../config/values.ts';
import { type Finding, fail, note, ok } from './doctor-check.ts';

/** Milliseconds that PHP may take to start; a busy machine needs seconds. */
const LIMIT = 60_000;

/** Each version of PHP that is installed, run once with every extension there is for it. */
export async function checkPhp(): Promise<Finding[]> {
	const found: Finding[] = [];
	// One after the other: each takes a processor and its memory.
	for (const version of PHP_VERSIONS) found.push(await checkVersion(version));
	return found;
}

async function checkVersion(version: PhpVersion): Promise<Finding> {
	const bad = version === DEFAULTS.phpVersion ? fail : note;
	const { findPhp } = await import('../platform/node/threads/php-packages.ts');
	try {
		const { folder } = await findPhp('node', version);
		const [there, missing] = [true, false].map((wanted) =>
			PHP_EXTENSIONS.filter((name) => existsSync(join(folder, 'extensions', name, `${name}.so`)) === wanted),
		) as [PhpExtension[], PhpExtension[]];
		const { release, problem } = await runPhp(version, there);
		if (problem !== undefined) return bad(`PHP ${version} does not run: ${problem}`);
		const with_ = there.length > 0 ? `, with ${there.join(', ')}` : '';
		if (missing.length > 0)
			return note(`PHP ${release} runs${with_}; it lacks ${missing.join(', ')}: install its package anew`);
		return ok(`PHP ${release} runs${with_}`);
	} catch (error) {
		if (error instanceof OptionsError) return bad(error.message);
		throw error;
	}
}

/** In a process of its own, as `igor php-cli` does it: what PHP's start can break stays there. */
function runPhp(
	version: PhpVersion,
	extensions: readonly PhpExtension[],
): Promise<{ release: string; problem: string | undefined }> {
	const options = extensions.flatMap((name) => ['--ext', name]);
	const command = [process.argv[1] as string, 'php-cli', '--php', version, ...options, '-r', 'echo PHP_VERSION;'];
	return new Promise((resolve) => {
		execFile(process.execPath, command, { timeout: LIMIT }, (error, out, err) => {
			const release = out.trim();
			if (error === null && /^\d+\.\d+\.\d+$/.test(release)) return resolve({ release, problem: undefined });
			const said = `${err}${out}`
				.trim()
				.split('\n', 1)[0]
				?.replace(/^igor: (?:Error: )?/, '');
			const late = error?.killed ? `it was not there within ${LIMIT / 1000} s` : undefined;
			resolve({ release, problem: late ?? (said || `exit status ${error?.code ?? 0}`) });
		});
	});
}
