import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_FLAGS } from './chromium-flags.ts';
import { browserProgram, missingBrowser } from './installed-browsers.ts';

const program = browserProgram('chromium');

/** Why tests that drive Chromium cannot run here; undefined when they can. On a build machine they always run. */
export const noChromium = program === undefined && !process.env.CI ? missingBrowser('chromium') : undefined;

/** Starts the Chromium of this machine. @throws Error when there is none */
export function launchChromium(): Promise<Browser> {
	if (program === undefined) throw new Error(missingBrowser('chromium'));
	return chromium.launch({ executablePath: program, args: [...CHROMIUM_FLAGS] });
}
