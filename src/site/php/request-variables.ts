import { toByteString } from '../../bytes/byte-string.ts';
import type { RequestView } from '../values/request-view.ts';
import { Template } from '../values/template.ts';

/** Variables that the environment has for one request only: flat name, value, …; byte strings. */
export type RequestVariables = (request: RequestView) => readonly string[];

/**
 * `env NAME VALUE` with placeholders of a request.
 *
 * @returns `undefined` = there are none
 */
export function requestVariables(env: Readonly<Record<string, string>>): RequestVariables | undefined {
	const variables = Object.entries(env).map(
		([name, value]) => [toByteString(name), new Template(value, 'keep')] as const,
	);
	if (variables.length === 0) return undefined;
	return (request) =>
		// A NUL would end the text where PHP reads it.
		variables.flatMap(([name, value]) => [name, toByteString(value.evaluate(request)).replaceAll('\0', '')]);
}
