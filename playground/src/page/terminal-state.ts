import { signal } from '@preact/signals';
import { host } from './runtime.ts';
import { print } from './terminal-text.ts';

/** A line runs. */
export const isTerminalBusy = signal(false);
/** Those that were run, oldest first. */
export const terminalLines: string[] = [];

/** Runs a line to its end; one at a time. */
export async function runLine(line: string): Promise<void> {
	if (isTerminalBusy.value || line.trim() === '') return;
	if (terminalLines.at(-1) !== line) terminalLines.push(line);
	print({ kind: 'line', text: line });
	isTerminalBusy.value = true;
	try {
		const status = await host()?.runPhp(line);
		if (status === undefined) throw new Error('The app does not run.');
		if (status !== 0) print({ kind: 'end', text: `Exit status ${status}` });
	} catch (error) {
		print({ kind: 'end', text: error instanceof Error ? error.message : String(error) });
	}
	isTerminalBusy.value = false;
}

/** Ends what runs. */
export function stopLine(): void {
	host()
		?.stopPhp()
		.catch(() => {});
}
