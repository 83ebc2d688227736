/**
<<<<<<< HEAD
 * A row of a section: `what` is measured; `ratio` = ours / theirs, none where ours is beside nothing; `ours`, `theirs`:
 * absolute figures with their units; `missing`: what it is compared with is not installed; `target`: `least` or `most`, of
 * the ratio (`ratio: true`) or of the absolute `value` in `unit`; `disturbed`: the machine was too busy with other things.
=======
 * A row of a section: `what` is measured; `ratio` = ours / theirs; `ours`, `theirs`: absolute figures with their units;
 * `missing`: what it is compared with is not installed, or a sentence why; `target`: `least` or `most`, of the ratio (`ratio: true`) or of
 * the absolute `value` in `unit`; `disturbed`: the machine was too busy with other things.
>>>>>>> wt-speed
 */

/** True, false, or undefined when there is no target, no figure, or a figure that proves nothing. */
export function isMet({ target, ratio, disturbed }) {
	if (!target || disturbed) return undefined;
	const figure = target.ratio ? ratio : target.value;
	if (figure === undefined) return undefined;
	return target.least !== undefined ? figure >= target.least : figure <= target.most;
}

/** The rows as a table for people. */
export function formatTable(rows) {
	const cells = [
		['Igor / other', 'ratio', 'Igor', 'other', 'target', ''],
		...rows.map((row) => [
			row.what,
			formatRatio(row),
			row.ours ?? '',
			row.theirs ?? (typeof row.missing === 'string' ? row.missing : ''),
			formatTarget(row),
			formatResult(row),
		]),
	];
	const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
	const lines = cells.map((line) =>
		line
			.map((cell, column) => align(cell, widths[column], column))
			.join('  ')
			.trimEnd(),
	);
	return [lines[0], widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}

/** The rows as data. */
export function toJson(rows) {
	return rows.map((row) => ({ ...row, ratio: row.ratio ?? null, met: isMet(row) ?? null }));
}

function formatRatio({ missing, ratio }) {
	if (missing) return 'missing';
	if (ratio === undefined) return '';
	return ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(ratio >= 0.1 ? 2 : 3);
}

function formatTarget({ target }) {
	if (!target) return '';
	const bound = target.least !== undefined ? `≥ ${target.least}` : `≤ ${target.most}`;
	return target.ratio ? bound : `${bound} ${target.unit}`;
}

function formatResult(row) {
	if (row.target && row.disturbed) return 'busy';
	const met = isMet(row);
	return met === undefined ? '' : met ? 'met' : 'MISSED';
}

function align(text, width, column) {
	return column >= 1 && column <= 3 ? text.padStart(width) : text.padEnd(width);
}
