import { computed, signal } from '@preact/signals';
import { placeOfPhpError } from '../../../src/log/php-error.ts';
import { shownFiles } from './workspace.ts';

/** An error of PHP at a line of a file. */
export type PhpErrorMark = { readonly line: number; readonly message: string };

type Noted = PhpErrorMark & {
	readonly name: string;
	/** Of the file, then. */
	readonly content: string | undefined;
};

const APP = '/app/';
const MOST = 50;
const LONGEST = 200;

const noted = signal<readonly Noted[]>([]);

/** The errors since the start, by file; the newest of each line. A file that was edited since has none. */
export const phpErrors = computed<ReadonlyMap<string, readonly PhpErrorMark[]>>(() => {
	const found = new Map<string, Map<number, PhpErrorMark>>();
	for (const { name, line, message, content } of noted.value) {
		if (shownFiles.value[name] !== content) continue;
		const lines = found.get(name) ?? new Map<number, PhpErrorMark>();
		found.set(name, lines.set(line, { line, message }));
	}
	return new Map([...found].map(([name, lines]) => [name, [...lines.values()]]));
});

/** Notes what of a text is an error of PHP: a record of the log, or why the app does not run. */
export function notePhpError(text: string): void {
	const begin = text.indexOf('PHP ');
	const report = begin < 0 ? '' : text.slice(begin);
	const place = placeOfPhpError(report);
	if (place === undefined || !place.file.startsWith(APP)) return;
	const name = place.file.slice(APP.length);
	const [first = ''] = report.slice('PHP '.length).split('\n');
	// Its place is where it is shown.
	const message = first.split(` in ${APP}`)[0]?.replace(/ {2,}/, ' ').slice(0, LONGEST) ?? first;
	const one = { name, line: place.line, message, content: shownFiles.peek()[name] };
	noted.value = [...noted.value.slice(1 - MOST), one];
}

/** Forgets all. */
export function clearPhpErrors(): void {
	noted.value = [];
}
