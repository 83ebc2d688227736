import { PHP_VERSIONS, type PhpVersion } from '../../config/values.ts';
import type { Edit } from '../edits.ts';
import { HOT_HANDLERS } from './hot-handlers.ts';
import { interpreterEdits } from './rewrite-interpreter.ts';

/**
 * The edits of `interpreterEdits()` for the binary of a version, with the handlers that real applications use most. None
 * when the binary is not as expected: it is used as it is then.
 * @param binary upstream's; it is not changed
 */
export function fasterInterpreter(binary: Uint8Array, version: PhpVersion): { edits: Edit[]; problem?: string } {
	try {
		return { edits: interpreterEdits(binary, hotIn(version)) };
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return { edits: [], problem: error.message };
	}
}

function hotIn(version: PhpVersion): number[] {
	const column = PHP_VERSIONS.indexOf(version);
	const numbers = HOT_HANDLERS.map(([, ...all]) => all[column] ?? -1).filter((number) => number >= 0);
	if (numbers.length === 0) throw new RangeError(`The hot handlers of PHP ${version} are not known.`);
	return numbers;
}
