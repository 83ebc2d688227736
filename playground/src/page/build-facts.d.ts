/** What scripts/build-playground.mjs puts into the page. */
declare module 'igor:scenarios' {
	import type { Scenario } from './scenarios.ts';

	const scenarios: readonly Scenario[];
	export default scenarios;
}

declare module 'igor:build' {
	/** The file of the host worker, relative to the page's script. */
	export const hostWorker: string;
	/** Of Igor. */
	/** What PHP threads are made of, relative to the page's script: its workers load it, the page does not. */
	export const phpFiles: readonly string[];
	export const version: string;
}
