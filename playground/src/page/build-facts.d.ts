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
	export const version: string;
}
