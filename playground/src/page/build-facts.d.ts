/** What scripts/build-playground.mjs puts into the page. */
declare module 'igor:scenarios' {
	import type { Scenario } from './scenario.ts';

	const scenarios: readonly Scenario[];
	export default scenarios;
}

declare module 'igor:build' {
	/** The file of the host worker, relative to the page's script. */
	export const hostWorker: string;
	/** By PHP version: what the host worker and PHP threads load, relative to the page's script. */
	export const workerFiles: Readonly<Record<string, readonly string[]>>;
	/** By PHP version: bytes of php.wasm, unpacked: compressing servers do not tell. */
	export const phpBytes: Readonly<Record<string, number>>;
	/** Address of the repository, as package.json says; '' = it says none. */
	export const source: string;
	/** Version of the packages with PHP. */
	export const phpPackages: string;
	/** Of Igor. */
	export const version: string;
}
