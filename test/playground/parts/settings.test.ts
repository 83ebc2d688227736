import { describe, expect, it } from 'vitest';
import type { AppSettings } from '../../../playground/src/host/protocol.ts';
import { draftOf, settingsOfDraft } from '../../../playground/src/page/settings-draft.ts';
import { SETTINGS_FILE, settingsFile, settingsOf } from '../../../playground/src/share/settings.ts';

const BASE: AppSettings = {
	root: 'public',
	workers: [{ file: 'public/index.php', num: 2 }],
	threads: 1,
	sidekickEntrypoint: 'bin/console',
	timeLimit: 30,
	stopTimeout: 5000,
};
const read = (content: string) => settingsOf(BASE, { [SETTINGS_FILE]: content });

describe('the settings of an app', () => {
	it('are those of its scenario, changed by its file', () => {
		expect(settingsOf(BASE, {})).toEqual({ settings: BASE });
		expect(read('{"threads": 3, "php": "8.2"}')).toEqual({ settings: { ...BASE, threads: 3, php: '8.2' } });
	});

	it('come back from the file that is written for them, also without an entrypoint', () => {
		const { sidekickEntrypoint: _, ...others } = BASE;
		for (const wanted of [
			{ ...BASE, ini: { memory_limit: '64M' }, php: '8.5' as const },
			{ ...others, workers: [] },
		]) {
			expect(read(settingsFile(BASE, wanted) ?? '')).toEqual({ settings: wanted });
		}
		expect(settingsFile(BASE, { ...BASE })).toBeUndefined();
	});

	it.each([
		['{', /no JSON/],
		['[]', /object/],
		['{"thraeds": 2}', /"thraeds" is not known/],
		['{"__proto__": {"threads": 2}}', /not known/],
		['{"threads": 1e9}', /"threads" has to be a whole number from 1 to 16/],
		['{"php": "5.6"}', /"php" has to be one of 8\.2/],
		['{"root": "../etc"}', /"root"/],
		['{"workers": [{"file": "/etc/passwd", "num": 1}]}', /"workers"/],
		['{"ini": {"memory_limit": 64}}', /"ini"/],
	])('%s: a sentence that says what to do', (content, sentence) => {
		expect(read(content)).toEqual({ sentence: expect.stringMatching(sentence) });
		expect(read(content)).toEqual({ sentence: expect.stringMatching(/Correct it, or delete the file\.$/) });
	});

	it('go through the form unchanged', () => {
		for (const settings of [BASE, { ...BASE, ini: { 'date.timezone': 'Europe/Vienna' } }]) {
			expect(settingsOfDraft(draftOf(settings, '8.4'), settings, BASE)).toEqual({ settings });
		}
	});

	it('take no line of php.ini that is none', () => {
		const draft = { ...draftOf(BASE, '8.4'), ini: 'memory_limit' };
		expect(settingsOfDraft(draft, BASE, BASE)).toEqual({
			sentence: expect.stringMatching(/“memory_limit” is no line/),
		});
	});
});
