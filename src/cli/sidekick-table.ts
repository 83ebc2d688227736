import { styleText } from 'node:util';
import type { SidekickView } from '../admin/sidekick-view.ts';
import { cut, escaped, onOneLine, padded, widthOf } from './terminal-text.ts';

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
	'FLEET',
	'RESTARTS',
	'PUBLISHED',
	'SIZE',
	'KEYS',
	'TASKS',
	'LAST ERROR',
];
const STATE_COLUMN = 2;
const FLEET_COLUMN = 4;
/** Where the fraction of a second begins in a time as ISO 8601. */
const SECONDS_END = 19;
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
	const isShared = sidekicks.some(({ fleet }) => fleet);
	const rows = [HEAD, ...sidekicks.map((sidekick) => rowOf(sidekick, later))].map((row) =>
		isShared ? row : row.toSpliced(FLEET_COLUMN, 1),
	);
	const widths = (rows[0] as Row).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
	return rows.map((row, index) => {
		const cells = row.map((cell, column) => padded(cell, widths[column] ?? 0));
		const line = cut(cells.join('  '), width);
		if (!colours) return line;
		if (index === 0) return styleText('bold', line, { validateStream: false });
		return colouredState(line, `${cells.slice(0, STATE_COLUMN).join('  ')}  `, row[STATE_COLUMN] ?? '');
	});
}

/** @param before what stands before the state, unless the line is cut there */
function colouredState(line: string, before: string, state: string): string {
	const colour = Object.hasOwn(COLOURS, state) ? COLOURS[state as keyof typeof COLOURS] : undefined;
	if (colour === undefined || !line.startsWith(before + state)) return line;
	return before + styleText(colour, state, { validateStream: false }) + line.slice(before.length + state.length);
}

function rowOf(view: SidekickView, later: number): Row {
	const isReadable = view.ready && view.version > 0;
	return [
		escaped(view.scope),
		escaped(view.name),
		escaped(view.state),
		threadOf(view),
		fleetOf(view.fleet, later),
		String(view.restarts),
		view.age === null ? 'never' : `${duration(view.age + later)} ago`,
		isReadable ? bytes(view.size) : '-',
		isReadable ? String(view.keys.length) : '-',
		tasks(view.tasks),
		onOneLine(view.lastError ?? ''),
	];
}

/** The thread, or the server of the fleet that has it. */
function threadOf({ num, readyThreads, thread, fleet }: SidekickView): string {
	if (fleet && !fleet.here) return fleet.holder === null ? '-' : `on ${escaped(fleet.holder)}`;
	if (num > 1) return `${readyThreads} of ${num}`;
	return thread === null ? '-' : String(thread);
}

/** What is shared, since when its holder has it, and for how long this server has heard nothing of it. */
function fleetOf(fleet: SidekickView['fleet'] | undefined, later: number): string {
	if (!fleet) return '-';
	const { shares, since, behind } = fleet;
	return [
		shares === 'run' ? 'runs once' : 'shares tasks',
		...(since === null ? [] : [`since ${escaped(since.slice(0, SECONDS_END).replace('T', ' '))}`]),
		...(behind > 0 ? [`${duration(behind + later)} behind`] : []),
	].join(', ');
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
