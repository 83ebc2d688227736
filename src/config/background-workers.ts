import { DEFAULTS } from './defaults.ts';
import type { BackgroundWorkerOption, ResolvedBackgroundWorker } from './options.ts';
import { OptionsError } from './options-error.ts';
import { stringRecord } from './string-record.ts';
import { wholeNumber } from './values.ts';

/** The longest name that a reader may ask for, bytes. */
const LONGEST_NAME = 255;

/**
 * Reads the option `backgroundWorkers`.
 *
 * @param findFile the real path of a script
 * @throws OptionsError
 */
export function resolveBackgroundWorkers(
	workers: readonly BackgroundWorkerOption[],
	maxConsecutiveFailures: number,
	findFile: (path: string, what: string) => string,
): ResolvedBackgroundWorker[] {
	const taken = new Set<string>();
	return workers.map(({ name, file, num = DEFAULTS.backgroundThreads, env = {}, shared }) => {
		const problem = nameProblem(name) ?? (taken.has(name) ? `two of them have the name '${name}'` : undefined);
		if (problem !== undefined) {
			throw new OptionsError(
				'bad_background_worker',
				`A background worker needs a name of its own, and ${problem}; readers ask for it by this name.`,
			);
		}
		taken.add(name);
		return {
			name,
			file: findFile(file, `The script of the background worker ${name}`),
			num: wholeNumber(num, `The number of threads of the background worker ${name}`, 1, 'bad_background_worker'),
			env: stringRecord(env, 'environment variable'),
			maxConsecutiveFailures,
			...(shared === true && { shared }),
		};
	});
}

/** Why nobody could ask for it by this name; undefined = it is one. */
export function nameProblem(name: unknown): string | undefined {
	if (typeof name !== 'string' || name === '') return 'this one has none';
	if (name.includes('\0')) return 'this one has a NUL byte in it';
	const { length } = new TextEncoder().encode(name);
	return length > LONGEST_NAME ? `this one has ${length} bytes, more than ${LONGEST_NAME}` : undefined;
}
