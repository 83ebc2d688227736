import type { HeaderMatch } from '../caddyfile/matcher-definitions.ts';

/** A value of a `header` matcher: `*` at its ends is a wildcard. Letters count with their case. */
function matchesValue(pattern: string, value: string): boolean {
	if (pattern === '*') return true;
	const first = pattern.startsWith('*');
	const last = pattern.endsWith('*');
	if (first && last) return value.includes(pattern.slice(1, -1));
	if (first) return value.endsWith(pattern.slice(1));
	if (last) return value.startsWith(pattern.slice(0, -1));
	return value === pattern;
}

/** Whether the values that a field has are as a matcher wants them. @param patterns an empty list = there are none */
export function matchesField(patterns: readonly string[], values: readonly string[]): boolean {
	if (patterns.length === 0) return values.length === 0;
	return values.some((value) => patterns.some((pattern) => matchesValue(pattern, value)));
}

/** Whether every field is as its matcher says. @param valuesOf all values of a field, by its name in lower case */
export function matchesFields(fields: readonly HeaderMatch[], valuesOf: (name: string) => readonly string[]): boolean {
	return fields.every(({ name, values }) => matchesField(values, valuesOf(name)));
}
