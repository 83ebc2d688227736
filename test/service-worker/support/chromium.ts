import { type Browser, chromium } from 'playwright-core';
import { browserProgram, missingBrowser } from '../../browser-support/installed-browsers.ts';

const executablePath = browserProgram('chromium');

/** Why the tests of this folder cannot run here; undefined when they can. In CI they always run. */
export const noChromium = executablePath === undefined && !process.env.CI ? missingBrowser('chromium') : undefined;

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Starts the Chromium of this machine. */
export function launchChromium(): Promise<Browser> {
	if (executablePath === undefined) throw new Error(missingBrowser('chromium'));
	return chromium.launch({ executablePath, args: FLAGS });
}
