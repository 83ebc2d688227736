import { CaddyfileError } from '../../caddyfile/errors.ts';
import type { Directive } from '../../caddyfile/parser.ts';
import { Arguments, readBlock, someArguments } from '../../caddyfile/reading.ts';
import { parseProgram } from '../../config/process-rules.ts';

/** Reads `processes { allow NAME… }`. @throws CaddyfileError */
export function readProcesses(directive: Directive): readonly string[] {
	new Arguments(directive).end();
	const programs = new Set<string>();
	readBlock(directive, {
		often: {
			allow: (line) => {
				for (const [index, text] of someArguments(line, "names of programs, or '*'").entries()) {
					try {
						programs.add(parseProgram(text));
					} catch (error) {
						const { position } = line.args[index] ?? line;
						throw new CaddyfileError('bad_value', position, error instanceof Error ? error.message : String(error));
					}
				}
			},
		},
	});
	if (programs.size > 0) return [...programs];
	throw new CaddyfileError('bad_value', directive.position, "'processes' allows no program", {
		expected: "'allow' and names of programs, or '*'",
	});
}
