import { signal } from '@preact/signals';
import type { TerminalText } from '../host/protocol.ts';

/** What stands in the terminal: a line that was typed, what PHP has printed, or how it ended. */
export type TerminalPiece = { readonly kind: 'line' | TerminalText['kind'] | 'end'; readonly text: string };

/** Characters that are kept. */
const MOST = 100_000;

/** Oldest first. */
export const terminal = signal<readonly TerminalPiece[]>([]);

/** Adds pieces. */
export function print(...pieces: readonly TerminalPiece[]): void {
	const all = [...terminal.value];
	for (const { kind, text } of pieces) {
		const last = all.at(-1);
		if (last?.kind === kind && kind !== 'line') all[all.length - 1] = { kind, text: (last.text + text).slice(-MOST) };
		else all.push({ kind, text });
	}
	let length = all.reduce((sum, { text }) => sum + text.length, 0);
	while (length > MOST) length -= all.shift()?.text.length ?? length;
	terminal.value = all;
}
