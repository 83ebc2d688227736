import { nativeCalls } from '../native-calls.ts';

let isSaid = false;

/**
 * What locks of files do not do in this process, for its log; undefined = nothing, or it has been said already. Takes
 * the milliseconds that the package koffi needs to load. Main thread.
 */
export function lockShortcoming(): string | undefined {
	if (isSaid || nativeCalls() !== undefined) return undefined;
	isSaid = true;
	const remedy = process.platform === 'linux' ? ' Install the npm package "koffi" beside igor-php.' : '';
	return `Locks of files (flock(), SQLite) hold among the PHP threads of one site only, not between processes.${remedy}`;
}
