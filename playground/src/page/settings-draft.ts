import { DEFAULTS } from '../../../src/config/defaults.ts';
import type { PhpVersion } from '../../../src/config/values.ts';
import type { AppSettings } from '../host/protocol.ts';
import { SETTINGS_FILE, type SettingsReading, settingsOf } from '../share/settings.ts';

/** What the form of the settings holds: nothing of it is checked. */
export type SettingsDraft = {
	readonly php: string;
	readonly root: string;
	readonly sidekickEntrypoint: string;
	readonly threads: number;
	readonly timeLimit: number;
	readonly workers: AppSettings['workers'];
	/** Lines `key = value`. */
	readonly ini: string;
};

/** The form for these settings. */
export function draftOf(settings: AppSettings, php: string): SettingsDraft {
	const { root, sidekickEntrypoint = '', threads, timeLimit, workers, ini = {} } = settings;
	const lines = Object.entries(ini).map(([key, value]) => `${key} = ${value}`);
	return { php, root, sidekickEntrypoint, threads, timeLimit, workers, ini: lines.join('\n') };
}

/**
 * The settings in a form, checked as those of the file are; or a sentence.
 *
 * @param before have what the form does not show
 * @param base of the scenario
 */
export function settingsOfDraft(draft: SettingsDraft, before: AppSettings, base: AppSettings): SettingsReading {
	const ini: Record<string, string> = {};
	for (const line of draft.ini.split('\n')) {
		if (/^\s*(;|$)/.test(line)) continue;
		const [, key = '', value = ''] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
		if (key === '') return { sentence: `“${line.trim()}” is no line of php.ini; write it as memory_limit = 64M.` };
		ini[key] = value;
	}
	const { php, root, sidekickEntrypoint, threads, timeLimit, workers } = draft;
	const isDefault = php === DEFAULTS.phpVersion && base.php === undefined;
	const { php: _, ini: __, sidekickEntrypoint: ___, ...others } = before;
	const wanted = {
		...others,
		...(!isDefault && { php: php as PhpVersion }),
		root,
		threads,
		timeLimit,
		workers,
		sidekickEntrypoint: sidekickEntrypoint.trim(),
		...(Object.keys(ini).length > 0 && { ini }),
	};
	return settingsOf(base, { [SETTINGS_FILE]: JSON.stringify(wanted) });
}
