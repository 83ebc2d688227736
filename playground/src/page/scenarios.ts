import bundled from 'igor:scenarios';
import type { AppFiles, AppSettings, ConsoleRequest } from '../host/protocol.ts';

/** A small app to look at, with what to watch in it. */
export type Scenario = {
	/** Its folder; stands in links. */
	readonly name: string;
	readonly title: string;
	/** Two sentences. */
	readonly watch: string;
	readonly settings: AppSettings;
	/** The file that the editor shows first. */
	readonly open: string;
	/** Suggestions for the console. */
	readonly requests: readonly (ConsoleRequest & { readonly label: string })[];
	/** A steady load that suits it. */
	readonly load?: { readonly path: string; readonly perSecond: number };
	readonly files: AppFiles;
};

/** All of them, in the order of the chooser; at least one. */
export const scenarios: readonly Scenario[] = bundled;

/** The first one when there is none of this name. */
export function scenarioNamed(name: string | undefined): Scenario {
	const found = scenarios.find((scenario) => scenario.name === name) ?? scenarios[0];
	if (found === undefined) throw new Error('The page was built without scenarios; build it again.');
	return found;
}

/** The path that the frame shows first: what a steady load asks for may be no page. */
export const FIRST_PATH = '/';
