import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { noBlock, someArguments } from '../../caddyfile/reading.ts';
import { parseVisible, type VisibleOption } from '../../config/mounts.ts';

/** Reads `visible HOST[:PHP][:ro]…`, Igor's: further folders that PHP sees. @throws CaddyfileError */
export function readVisible(directive: Directive): VisibleOption[] {
	noBlock(directive);
	return someArguments(directive, 'folders as HOST, HOST:PHP or HOST:PHP:ro').map((text, index) => {
		try {
			return parseVisible(text);
		} catch (error) {
			const { position } = directive.args[index] ?? directive;
			throw new CaddyfileError('bad_value', position, error instanceof Error ? error.message : String(error));
		}
	});
}
