import type { AppFiles, AppSettings, ConsoleRequest } from '../host/protocol.ts';

/** What a scenario.json says. */
export type ScenarioDescription = {
	readonly title: string;
	/** What to watch, in two sentences. */
	readonly watch: string;
	readonly settings: AppSettings;
	/** The file that the editor shows first. */
	readonly open: string;
	/** Suggestions for the console. */
	readonly requests: readonly (ConsoleRequest & { readonly label: string })[];
	/** A steady load that suits it. */
	readonly load?: { readonly path: string; readonly perSecond: number };
};

/** A small app, with what to watch in it. */
export type Scenario = ScenarioDescription & {
	/** Its folder; stands in links. */
	readonly name: string;
	readonly files: AppFiles;
};
