import { indentUnit } from '@codemirror/language';
import { EditorSelection, type StateCommand } from '@codemirror/state';
import type { KeyBinding } from '@codemirror/view';

/** Tab indents the selected lines; with nothing selected it inserts one indent, or moves to the next stop. */
const indent: StateCommand = ({ state, dispatch }) => {
	const unit = state.facet(indentUnit);
	const change = state.changeByRange((range) => {
		if (range.empty) {
			const insert = { from: range.from, insert: unit };
			return { changes: insert, range: EditorSelection.cursor(range.from + unit.length) };
		}
		const changes = state.changes(linesOf(state, range).map((from) => ({ from, insert: unit })));
		return { changes, range: range.map(changes, 1) };
	});
	dispatch(state.update(change));
	return true;
};

/** Shift-Tab removes one indent from each selected line. */
const unindent: StateCommand = ({ state, dispatch }) => {
	const change = state.changeByRange((range) => {
		const changes = state.changes(
			linesOf(state, range).flatMap((from) => {
				const [space] = /^(\t| {1,4})?/.exec(state.doc.lineAt(from).text) ?? [''];
				return space === '' ? [] : [{ from, to: from + space.length }];
			}),
		);
		return { changes, range: range.map(changes) };
	});
	dispatch(state.update(change));
	return true;
};

/** Escape, then Tab, still leaves the editor: CodeMirror sees to that. */
export const indentKeys: readonly KeyBinding[] = [{ key: 'Tab', run: indent, shift: unindent }];

/** Where the lines of a range begin. */
function linesOf(state: Parameters<StateCommand>[0]['state'], range: { from: number; to: number }): number[] {
	const starts: number[] = [];
	for (let at = state.doc.lineAt(range.from); ; at = state.doc.line(at.number + 1)) {
		starts.push(at.from);
		if (at.to >= range.to || at.number === state.doc.lines) return starts;
	}
}
