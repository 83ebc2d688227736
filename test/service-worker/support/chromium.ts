import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));

/** Why the tests of this folder cannot run here; undefined when they can. In CI they always run. */
export const noChromium =
	executablePath === undefined && !process.env.CI
		? 'skipped: no Chromium here. `apt install chromium`, or name one in CHROMIUM'
		: undefined;

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
	if (executablePath === undefined)
		throw new Error('No Chromium found: apt install chromium, or name one in CHROMIUM.');
	return chromium.launch({ executablePath, args: FLAGS });
}
