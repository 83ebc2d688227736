import { type Browser, launch } from 'puppeteer-core';
import { FIREFOX_PREFERENCES } from './firefox-preferences.ts';
import { browserProgram, missingBrowser } from './installed-browsers.ts';

const program = browserProgram('firefox');

/** Why tests that drive Firefox cannot run here; undefined when they can. On a build machine they always run. */
export const noFirefox = program === undefined && !process.env.CI ? missingBrowser('firefox') : undefined;

/** Starts the Firefox of this machine. @throws Error when there is none */
export function launchFirefox(): Promise<Browser> {
	if (program === undefined) throw new Error(missingBrowser('firefox'));
	return launch({ browser: 'firefox', executablePath: program, extraPrefsFirefox: FIREFOX_PREFERENCES });
}
