import { styleText } from 'node:util';
import type { SidekickView } from '../admin/sidekick-view.ts';

/** How a table should look. */
export interface TableStyle {
	/** Columns of the terminal; longer lines are cut. `undefined` = never cut. */
	readonly width: number | undefined;
	readonly colours: boolean;
}

type Row = readonly string[];

const HEAD: Row = [
	'SCOPE',
	'SIDEKICK',
	'STATE',
	'THREAD',
	'RESTARTS',
	'PUBLISHED',
	'SIZE',
	'KEYS',
	'TASKS',
	'LAST ERROR',
];
const STATE_COLUMN = 2;
const COLOURS = {
	ready: 'green',
	starting: 'yellow',
	restarting: 'yellow',
	stopping: 'yellow',
	failed: 'red',
	stopped: 'gray',
} as const;

/** The sidekicks as lines of text. @param later seconds since the views were made: ages keep growing */
export function tableLines(sidekicks: readonly SidekickView[], { width, colours }: TableStyle, later = 0): string[] {
	const rows = [HEAD, ...sidekicks.map((sidekick) => rowOf(sidekick, later))];
	const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
	return rows.map((row, index) => {
		const line = cut(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '), width);
		if (!colours) return line;
		if (index === 0) return styleText('bold', line, { validateStream: false });
		const before = widths.slice(0, STATE_COLUMN).reduce((sum, each) => sum + each + 2, 0);
		return colouredState(line, before, row[STATE_COLUMN] ?? '');
	});
}

/** Text on one line, without terminal control characters. */
export function plain(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
	return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** Cuts a line to a width. */
export function cut(line: string, width: number | undefined): string {
	const characters = [...line.trimEnd()];
	if (width === undefined || characters.length <= width) return characters.join('');
	return `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function colouredState(line: string, start: number, state: string): string {
	const characters = [...line];
	const colour = Object.hasOwn(COLOURS, state) ? COLOURS[state as keyof typeof COLOURS] : undefined;
	if (colour === undefined || characters.length < start + state.length) return line;
	const coloured = styleText(colour, state, { validateStream: false });
	return characters.slice(0, start).join('') + coloured + characters.slice(start + state.length).join('');
}

function rowOf(view: SidekickView, later: number): Row {
	const isReadable = view.ready && view.version > 0;
	return [
		plain(view.scope),
		plain(view.name),
		view.state,
		threadOf(view),
		String(view.restarts),
		view.age === null ? 'never' : `${duration(view.age + later)} ago`,
		isReadable ? bytes(view.size) : '-',
		isReadable ? String(view.keys.length) : '-',
		tasks(view.tasks),
		plain(view.lastError ?? ''),
	];
}

/** The thread, or the server of the fleet that has it. */
function threadOf({ num, readyThreads, thread, fleet }: SidekickView): string {
	if (fleet && !fleet.here) return fleet.holder === null ? '-' : `on ${plain(fleet.holder)}`;
	if (num > 1) return `${readyThreads} of ${num}`;
	return thread === null ? '-' : String(thread);
}

/** How many are over, and how many wait. */
function tasks(all: SidekickView['tasks'] | undefined): string {
	if (!all) return '-';
	const { completed, aborted, abandoned, timeout, waiting, busy } = all;
	const over = completed + aborted + abandoned + timeout;
	if (over + waiting + busy === 0) return '-';
	return waiting > 0 ? `${over}, ${waiting} waiting` : String(over);
}

function duration(seconds: number): string {
	if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
	const whole = Math.floor(seconds);
	if (whole < 60) return `${whole}s`;
	if (whole < 3600) return `${Math.floor(whole / 60)}m${whole % 60}s`;
	if (whole < 86_400) return `${Math.floor(whole / 3600)}h${Math.floor((whole % 3600) / 60)}m`;
	return `${Math.floor(whole / 86_400)}d${Math.floor((whole % 86_400) / 3600)}h`;
}

function bytes(count: number): string {
	if (count < 1024) return `${count} B`;
	const [size, unit] = count < 1024 * 1024 ? [count / 1024, 'KiB'] : [count / 1024 / 1024, 'MiB'];
	return `${size.toFixed(1)} ${unit}`;
}
