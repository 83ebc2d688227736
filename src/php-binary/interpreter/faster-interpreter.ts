import type { PhpVersion } from '../../config/values.ts';
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
		return { edits: interpreterEdits(binary, HOT_HANDLERS[version]) };
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return { edits: [], problem: error.message };
	}
}
