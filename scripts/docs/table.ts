/** A table of Markdown. Cells are Markdown, too, on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
	return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A bar would end the cell, also inside of code. */
const escapeCell = (cell: string): string => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
