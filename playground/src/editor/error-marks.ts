import { type Extension, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter, WidgetType } from '@codemirror/view';
import type { PhpErrorMark } from '../page/php-errors.ts';

const setMarks = StateEffect.define<readonly PhpErrorMark[]>();

/** The errors stand at the ends of their lines: a tooltip is nothing for fingers and for screen readers. */
const field = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update: (before, { changes, effects, state }) => {
		let marks = before.map(changes);
		for (const effect of effects) if (effect.is(setMarks)) marks = decorations(state.doc, effect.value);
		return marks;
	},
	provide: (from) => EditorView.decorations.from(from),
});

class Message extends WidgetType {
	readonly #text: string;

	constructor(text: string) {
		super();
		this.#text = text;
	}

	override eq(other: Message): boolean {
		return other.#text === this.#text;
	}

	toDOM(): HTMLElement {
		const element = document.createElement('span');
		element.className = 'cm-php-error';
		element.textContent = this.#text;
		element.title = this.#text;
		return element;
	}
}

const dot = new (class extends GutterMarker {
	override elementClass = 'cm-error-dot';
})();

/** Marks lines with errors of PHP; see `showErrors()`. */
export const errorMarks: Extension = [
	field,
	gutter({
		class: 'cm-error-gutter',
		markers: ({ state }) => {
			const lines: number[] = [];
			state.field(field).between(0, state.doc.length, (at) => {
				lines.push(state.doc.lineAt(at).from);
			});
			return RangeSet.of([...new Set(lines)].map((from) => dot.range(from)));
		},
	}),
];

/** Marks these lines, and no others. */
export function showErrors(view: EditorView, marks: readonly PhpErrorMark[]): void {
	view.dispatch({ effects: setMarks.of(marks) });
}

function decorations(doc: Text, marks: readonly PhpErrorMark[]): DecorationSet {
	const known = marks.filter(({ line }) => line >= 1 && line <= doc.lines);
	return Decoration.set(
		known.map(({ line, message }) => {
			const { to } = doc.line(line);
			return Decoration.widget({ widget: new Message(message), side: 1 }).range(to);
		}),
		true,
	);
}
