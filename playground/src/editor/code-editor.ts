import { json } from '@codemirror/lang-json';
import { php } from '@codemirror/lang-php';
import { bracketMatching, foldGutter, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { minimalSetup } from 'codemirror';
import type { PhpErrorMark } from '../page/php-errors.ts';
import { colours } from './colours.ts';
import { errorMarks, showErrors } from './error-marks.ts';
import { indentKeys } from './indent-keys.ts';

/** Marks changes that came from outside, which are not the visitor's edits. */
const fromOutside = Annotation.define<true>();

/** A file that is not shown: its state, and its scroll position in pixels. */
type Left = { readonly state: EditorState; readonly top: number; readonly left: number };

/** CodeMirror with one state, and so one history, per file. */
export class CodeEditor {
	readonly #view: EditorView;
	readonly #left = new Map<string, Left>();
	readonly #onEdit: (name: string, content: string) => void;
	#name = '';

	/** @param onEdit hears of every change that the visitor makes */
	constructor(parent: HTMLElement, onEdit: (name: string, content: string) => void) {
		this.#onEdit = onEdit;
		this.#view = new EditorView({ parent });
	}

	/** Shows a file with this content; replaces only the part that differs from what is shown. */
	show(name: string, content: string): void {
		if (name !== this.#name) {
			const { scrollDOM } = this.#view;
			const { scrollTop: top, scrollLeft: left } = scrollDOM;
			if (this.#name !== '') this.#left.set(this.#name, { state: this.#view.state, top, left });
			this.#name = name;
			const found = this.#left.get(name) ?? { state: this.#newState(name, content), top: 0, left: 0 };
			this.#view.setState(found.state);
			// Once the heights of its lines are known.
			this.#view.requestMeasure({
				read: () => {},
				write: () => scrollDOM.scrollTo(found.left, found.top),
			});
		}
		const shown = this.#view.state.doc.toString();
		if (shown !== content) {
			this.#view.dispatch({ changes: replacement(shown, content), annotations: fromOutside.of(true) });
		}
	}

	/** Marks the lines of the shown file that PHP found errors in. */
	mark(errors: readonly PhpErrorMark[]): void {
		showErrors(this.#view, errors);
	}

	/** Forgets the history of all files. */
	forget(): void {
		this.#left.clear();
		this.#name = '';
	}

	destroy(): void {
		this.#view.destroy();
	}

	#newState(name: string, doc: string): EditorState {
		const edits = EditorView.updateListener.of((update) => {
			if (!update.docChanged || update.transactions.some((part) => part.annotation(fromOutside))) return;
			this.#onEdit(name, update.state.doc.toString());
		});
		return EditorState.create({
			doc,
			extensions: [
				minimalSetup,
				comfort,
				search({ top: true }),
				keymap.of([...indentKeys, ...searchKeymap]),
				indentUnit.of(/^\t/m.test(doc) || !/^ {2}/m.test(doc) ? '\t' : /^ {2}\S/m.test(doc) ? '  ' : '    '),
				EditorState.tabSize.of(4),
				languageOf(name, doc),
				colours,
				EditorView.contentAttributes.of({
					'aria-label': `${name}. Escape, then Tab, leaves the editor.`,
					tabindex: '0',
				}),
				edits,
			],
		});
	}
}

/** What helps reading and typing code; completion and linting would be as big as all of it, and know no PHP. */
const comfort: Extension = [
	lineNumbers(),
	foldGutter(),
	bracketMatching(),
	indentOnInput(),
	highlightSelectionMatches(),
	errorMarks,
	highlightActiveLine(),
	highlightActiveLineGutter(),
];

function languageOf(name: string, content: string): Extension {
	if (name.endsWith('.json')) return json();
	if (name.endsWith('.php') || content.startsWith('#!') || content.startsWith('<?php')) return php();
	// HTML, CSS and scripts come with PHP's HTML.
	if (name.endsWith('.html') || name.endsWith('.css') || name.endsWith('.js')) return php();
	return [];
}

/** The smallest single change that turns `before` into `after`. */
function replacement(before: string, after: string): { from: number; to: number; insert: string } {
	const most = Math.min(before.length, after.length);
	let start = 0;
	while (start < most && before[start] === after[start]) start++;
	let end = 0;
	while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
	return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
