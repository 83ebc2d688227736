import { type Browser, chromium } from 'playwright-core';
import { browserProgram, missingBrowser } from '../../browser-support/installed-browsers.ts';

const program = browserProgram('chromium');

/** Why tests that drive Chromium cannot run here; undefined when they can. On a build machine they always run. */
export const noChromium = program === undefined && !process.env.CI ? missingBrowser('chromium') : undefined;

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// Containers often have a tiny /dev/shm.
	'--disable-dev-shm-usage',
];

/** Starts the Chromium of this machine. */
export function launchChromium(): Promise<Browser> {
	if (program === undefined) throw new Error(missingBrowser('chromium'));
	return chromium.launch({ executablePath: program, args: FLAGS });
}
