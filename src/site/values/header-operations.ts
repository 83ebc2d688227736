import { toByteString } from '../../bytes/byte-string.ts';
import type { HeaderOperation } from '../../directives/header.ts';
import { isNamed } from '../../http/request-headers.ts';
import { cleanHeaderValue, headerValue } from './header-value.ts';
import { replaceAll, searchFor } from './regexp-replace.ts';
import type { RequestView } from './request-view.ts';
import { Template } from './template.ts';

/** Changes a list of header fields (flat: name, value, …; byte strings) in place. */
export type ChangeHeaders = (headers: string[], request: RequestView) => void;

/** Caddy's order: everything is deleted first if that is asked for, then fields are added, set, deleted, replaced. */
const ORDER = ['add', 'set', 'default', 'delete', 'replace'] as const;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The operations of one `header` directive, read once. */
export function headerChange(operations: readonly HeaderOperation[]): ChangeHeaders {
	const steps = ORDER.flatMap((kind) => operations.filter(({ operation }) => operation === kind).map(operationStep));
	const deleted = operations.filter(({ operation }) => operation === 'delete').map(({ field }) => new Template(field));
	return (headers, request) => {
		if (deleted.some((field) => field.evaluate(request) === '*')) headers.length = 0;
		for (const step of steps) step(headers, request);
	};
}

/** Whether a list has a field. */
export function hasField(headers: readonly string[], name: string): boolean {
	return firstField(headers, name.toLowerCase()) !== undefined;
}

/** The first value of a field. @param name in lower case */
export function firstField(headers: readonly string[], name: string): string | undefined {
	for (let at = 0; at + 1 < headers.length; at += 2) {
		if (isNamed(headers[at] as string, name)) return headers[at + 1];
	}
	return undefined;
}

/** All values of a field, in their order. @param name in lower case */
export function fieldValues(headers: readonly string[], name: string): string[] {
	const values: string[] = [];
	for (let at = 0; at + 1 < headers.length; at += 2) {
		if (isNamed(headers[at] as string, name)) values.push(headers[at + 1] as string);
	}
	return values;
}

/** Takes every field away whose name, in lower case, is one of these. */
function deleteFields(headers: string[], isOne: (name: string) => boolean): void {
	let kept = 0;
	for (let at = 0; at + 1 < headers.length; at += 2) {
		const name = headers[at] as string;
		if (isOne(name.toLowerCase())) continue;
		headers[kept++] = name;
		headers[kept++] = headers[at + 1] as string;
	}
	headers.length = kept;
}

function operationStep(operation: HeaderOperation): ChangeHeaders {
	const field = new Template(operation.field, 'keep');
	switch (operation.operation) {
		case 'add':
		case 'set':
		case 'default': {
			const value = new Template(operation.value, 'keep');
			const keepsOthers = operation.operation === 'add';
			return (headers, request) => {
				const name = field.evaluate(request);
				if (!FIELD_NAME.test(name)) return;
				const lower = name.toLowerCase();
				if (!keepsOthers) deleteFields(headers, (other) => other === lower);
				headers.push(name, headerValue(value.evaluate(request)));
			};
		}
		case 'delete':
			return (headers, request) => deleteFields(headers, nameTest(field.evaluate(request).toLowerCase()));
		case 'replace': {
			const constant = /\{[^}]+\}/.test(operation.search) ? undefined : searchFor(operation.search);
			const search = new Template(operation.search, 'keep');
			const replacement = new Template(operation.replacement, 'keep');
			return (headers, request) => {
				const expression = constant ?? searchFor(search.evaluate(request));
				if (expression === undefined) return;
				const name = field.evaluate(request).toLowerCase();
				const put = toByteString(replacement.evaluate(request));
				for (let at = 0; at + 1 < headers.length; at += 2) {
					if (name !== '*' && headers[at]?.toLowerCase() !== name) continue;
					headers[at + 1] = cleanHeaderValue(replaceAll(headers[at + 1] as string, expression, put));
				}
			};
		}
	}
}

/** `*` at the ends of a name is a wildcard; alone it has been dealt with. */
function nameTest(pattern: string): (name: string) => boolean {
	if (pattern === '*') return () => false;
	const first = pattern.startsWith('*');
	const last = pattern.endsWith('*');
	if (first && last) return (name) => name.includes(pattern.slice(1, -1));
	if (first) return (name) => name.endsWith(pattern.slice(1));
	if (last) return (name) => name.startsWith(pattern.slice(0, -1));
	return (name) => name === pattern;
}
