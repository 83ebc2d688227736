import { table } from './table.ts';

/** The directives of php.ini, each with the comment above it. */
export function iniTable(text: string): string {
	const rows: string[][] = [];
	let comment: string[] = [];
	for (const line of text.split('\n')) {
		const [, said] = /^; ?(.*)$/.exec(line) ?? [];
		const [, name, value] = /^([\w.]+)=(.*)$/.exec(line) ?? [];
		if (said !== undefined) comment.push(said);
		else if (name !== undefined) rows.push([`\`${name}\``, value === '' ? 'empty' : `\`${value}\``, comment.join(' ')]);
		if (said === undefined) comment = [];
	}
	return table(['directive', 'value', 'why'], rows);
}
