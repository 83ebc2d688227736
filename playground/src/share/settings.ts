import { PHP_VERSIONS, type PhpVersion } from '../../../src/config/values.ts';
import type { AppFiles, AppSettings } from '../host/protocol.ts';
import { problemOfName } from './file-names.ts';

/**
 * The file of an app that holds how the playground serves it, where that differs from its scenario. As a file it is
 * shared, kept, reset and downloaded with the others.
 */
export const SETTINGS_FILE = 'igor-playground.json';

/** PHP runs in a tab: more threads than these would only make each other slow. */
export const MOST_THREADS = 16;
/** The most seconds of a limit that the dialog takes. */
const MOST_SECONDS = 3600;

/** The settings, or a sentence that says what is wrong with them and what to do. */
export type SettingsReading = { readonly settings: AppSettings } | { readonly sentence: string };

/** The settings of an app: those of its scenario, changed by what its `SETTINGS_FILE` says. Never throws. */
export function settingsOf(base: AppSettings, files: AppFiles): SettingsReading {
	const text = Object.hasOwn(files, SETTINGS_FILE) ? files[SETTINGS_FILE] : undefined;
	if (text === undefined) return { settings: base };
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		return wrong(`is no JSON (${error instanceof Error ? error.message : error})`);
	}
	if (!isRecord(value)) return wrong('has to hold an object');
	for (const [key, setting] of Object.entries(value)) {
		const problem = Object.hasOwn(PROBLEMS, key) ? PROBLEMS[key]?.(setting) : `is not known`;
		if (problem !== undefined) return wrong(`: "${key}" ${problem}`);
	}
	const { sidekickEntrypoint, ...others } = { ...base, ...value } as AppSettings;
	return {
		// An empty one takes away that of the scenario.
		settings: sidekickEntrypoint ? { ...others, sidekickEntrypoint } : others,
	};
}

/** What the `SETTINGS_FILE` has to hold for these settings; undefined = nothing differs, so no file is needed. */
export function settingsFile(base: AppSettings, wanted: AppSettings): string | undefined {
	const before: Readonly<Record<string, unknown>> = base;
	const after: Readonly<Record<string, unknown>> = { sidekickEntrypoint: '', ...wanted };
	const differing = Object.entries(after).filter(([key, value]) => {
		const old = before[key] ?? EMPTY[key];
		return JSON.stringify(old) !== JSON.stringify(value);
	});
	return differing.length === 0 ? undefined : `${JSON.stringify(Object.fromEntries(differing), null, 2)}\n`;
}

/** What is meant where a scenario says nothing. */
const EMPTY: Readonly<Record<string, unknown>> = { sidekickEntrypoint: '', ini: {} };

/** What is wrong with a value, after its name. */
const PROBLEMS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
	php: (value) => (isVersion(value) ? undefined : `has to be one of ${PHP_VERSIONS.join(', ')}`),
	root: (value) => (isPath(value) || value === '.' ? undefined : 'has to name a folder of the app, or "."'),
	threads: (value) => numberProblem(value, 1, MOST_THREADS),
	timeLimit: (value) => numberProblem(value, 0, MOST_SECONDS),
	stopTimeout: (value) => numberProblem(value, 0, MOST_SECONDS * 1000),
	sidekickEntrypoint: (value) => (value === '' || isPath(value) ? undefined : 'has to name a file of the app'),
	sidekickEager: (value) => (isTexts(value) ? undefined : 'has to be a list of names'),
	workers: (value) => listProblem(value, ['file', 'num']),
	backgroundWorkers: (value) => listProblem(value, ['name', 'file', 'num']),
	ini: (value) =>
		isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
			? undefined
			: 'has to be an object of texts, as {"memory_limit": "64M"}',
};

function listProblem(value: unknown, keys: readonly string[]): string | undefined {
	const shape = `has to be a list of {${keys.map((key) => `"${key}": …`).join(', ')}}`;
	if (!Array.isArray(value)) return shape;
	for (const one of value) {
		if (!isRecord(one) || Object.keys(one).some((key) => !keys.includes(key))) return shape;
		const { file, num, name = 'name' } = one as { file?: unknown; num?: unknown; name?: unknown };
		if (!isPath(file) || typeof name !== 'string' || name === '') return shape;
		const problem = numberProblem(num, 1, MOST_THREADS);
		if (problem !== undefined) return `has a "num" that ${problem}`;
	}
	return undefined;
}

function numberProblem(value: unknown, least: number, most: number): string | undefined {
	const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
	return fits ? undefined : `has to be a whole number from ${least} to ${most}`;
}

function wrong(what: string): SettingsReading {
	return { sentence: `${SETTINGS_FILE}${what.startsWith(':') ? '' : ' '}${what}. Correct it, or delete the file.` };
}

function isVersion(value: unknown): value is PhpVersion {
	return PHP_VERSIONS.some((version) => version === value);
}

function isPath(value: unknown): value is string {
	return typeof value === 'string' && problemOfName(value) === undefined;
}

function isTexts(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
