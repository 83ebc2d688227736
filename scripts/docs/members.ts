import { table } from './table.ts';

/**
 * The members of an exported interface, each with its JSDoc.
 * @throws Error when there is no such interface, or a member without a comment that was not understood
 */
export function membersTable(source: string, name: string): string {
	const [, body] = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(source) ?? [];
	if (body === undefined) throw new Error(`There is no interface ${name}.`);
	const rows = [...body.matchAll(/^\t(?:\/\*\*([\s\S]*?)\*\/\s*)?(readonly )?(\w+)(\?)?([(:][\s\S]*?);$/gm)].map(
		([, comment = '', , member = '', optional = '', type = '']) => [
			type.startsWith('(') ? `\`${member}${flat(type)}\`` : `\`${member}${optional}: ${flat(type.slice(1))}\``,
			prose(comment),
		],
	);
	if (rows.length === 0) throw new Error(`Nothing of ${name} was understood.`);
	return table(['', ''], rows);
}

const flat = (type: string): string => type.replace(/\s+/g, ' ').trim();

/** A comment without its stars; tags become sentences. */
function prose(comment: string): string {
	return comment
		.replace(/^\s*\*/gm, '')
		.replace(/\s+/g, ' ')
		.replace(/([^.]) @/g, '$1. @')
		.replace(/@param (\w+) /g, '`$1`: ')
		.replace(/@throws /g, 'Throws ')
		.replace(/@returns /g, 'Returns ')
		.trim();
}
