import { accessSync, constants } from 'node:fs';

/** The browsers that tests run in, as Debian installs them. */
export type BrowserName = 'chromium' | 'firefox';
export const BROWSER_NAMES: readonly BrowserName[] = ['chromium', 'firefox'];

type Installation = { variable: string; paths: readonly string[]; debianPackage: string };

const INSTALLATIONS: Record<BrowserName, Installation> = {
	chromium: { variable: 'IGOR_CHROMIUM', paths: ['/usr/bin/chromium'], debianPackage: 'chromium' },
	firefox: {
		variable: 'IGOR_FIREFOX',
		paths: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
		debianPackage: 'firefox-esr',
	},
};

/** The program of a browser; undefined = it is not on this machine. The environment variable goes first. */
export function browserProgram(name: BrowserName): string | undefined {
	const { variable, paths } = INSTALLATIONS[name];
	const named = process.env[variable];
	return (named ? [named] : paths).find((path) => {
		try {
			accessSync(path, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

/** What to tell somebody whose machine lacks the browser: one sentence. */
export function missingBrowser(name: BrowserName): string {
	const { variable, paths, debianPackage } = INSTALLATIONS[name];
	const where = process.env[variable] || paths.join(' or ');
	return `${name} is not at ${where}: install Debian's ${debianPackage}, or say in ${variable} where it is.`;
}
