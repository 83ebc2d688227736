import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The page's own variables, so that light and dark follow its theme. */
const style = HighlightStyle.define([
	{ tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--code-keyword)' },
	{ tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: 'var(--code-string)' },
	{ tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
	{ tag: [tags.comment, tags.docComment], color: 'var(--code-comment)', fontStyle: 'italic' },
	{ tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
	{ tag: [tags.typeName, tags.className, tags.tagName, tags.namespace], color: 'var(--code-type)' },
	{ tag: [tags.variableName, tags.special(tags.variableName), tags.propertyName], color: 'var(--code-variable)' },
	{ tag: [tags.attributeName], color: 'var(--code-number)' },
	{ tag: [tags.processingInstruction, tags.meta], color: 'var(--code-comment)' },
]);

const theme = EditorView.theme({
	'&': { height: '100%', backgroundColor: 'var(--code-ground)', color: 'var(--text)', fontSize: 'var(--code-size)' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
	'.cm-gutters': { backgroundColor: 'var(--code-ground)', color: 'var(--text-faint)', border: 'none' },
	'.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
	'&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--code-line)' },
	'.cm-cursor': { borderLeftColor: 'var(--text)' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
		backgroundColor: 'var(--selection)',
	},
	'.cm-panels, .cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)' },
	'.cm-selectionMatch': { backgroundColor: 'var(--code-line)' },
	'.cm-error-gutter': { width: '9px' },
	'.cm-error-dot': {
		background: 'radial-gradient(circle 3.5px, var(--bad) 95%, transparent)',
	},
	'.cm-php-error': {
		display: 'inline-block',
		maxWidth: '44ch',
		overflow: 'hidden',
		textOverflow: 'ellipsis',
		whiteSpace: 'nowrap',
		verticalAlign: 'bottom',
		marginLeft: '2ch',
		padding: '0 6px',
		borderRadius: '4px',
		backgroundColor: 'var(--bad-soft)',
		color: 'var(--bad)',
	},
	'.cm-panels-top': { borderBottom: '1px solid var(--line)' },
	'.cm-search': { fontFamily: 'var(--sans)', fontSize: '12px' },
	'.cm-search button, .cm-search .cm-textfield': {
		backgroundImage: 'none',
		backgroundColor: 'var(--panel)',
		color: 'var(--text)',
		border: '1px solid var(--line)',
		borderRadius: '5px',
		height: '24px',
		fontSize: '12px',
	},
	'.cm-search label': { fontSize: '12px' },
	'.cm-searchMatch': { backgroundColor: 'var(--waiting-soft)' },
	'.cm-searchMatch-selected': { backgroundColor: 'var(--selection)' },
	'.cm-foldPlaceholder': { backgroundColor: 'transparent', borderColor: 'var(--line)', color: 'var(--text-faint)' },
});

/** How code looks. */
export const colours: Extension = [syntaxHighlighting(style), theme];
