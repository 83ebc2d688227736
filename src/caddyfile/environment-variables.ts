/** Text with environment variables replaced, and the way back to what the author wrote. */
export interface ExpandedText {
	readonly text: string;
	/** The offset in the original of what stands at `offset` in `text`; inside a value: where its placeholder starts. */
	originalOffset(offset: number): number;
}

/** A value in the expanded text, and where its placeholder is in the original. */
interface Replacement {
	readonly start: number;
	readonly end: number;
	readonly originalStart: number;
	readonly originalEnd: number;
}

/**
 * Replaces `{$NAME}` and `{$NAME:default}` everywhere, even inside quotes and comments. A variable that is set, even to
 * nothing, wins over the default; one that is unset and has no default becomes nothing. Values are not expanded again.
 */
export function replaceEnvironment(text: string, variable: (name: string) => string | undefined): ExpandedText {
	const replacements: Replacement[] = [];
	let expanded = '';
	let copied = 0;
	for (let begin = text.indexOf('{$'); begin >= 0; begin = text.indexOf('{$', copied)) {
		const end = text.indexOf('}', begin);
		if (end < 0) break;
		expanded += text.slice(copied, begin);
		copied = end + 1;
		const content = text.slice(begin + 2, end);
		if (content === '') {
			expanded += '{$}';
			continue;
		}
		const colon = content.indexOf(':');
		const name = colon < 0 ? content : content.slice(0, colon);
		const start = expanded.length;
		expanded += variable(name) ?? (colon < 0 ? '' : content.slice(colon + 1));
		replacements.push({ start, end: expanded.length, originalStart: begin, originalEnd: copied });
	}
	expanded += text.slice(copied);
	return { text: expanded, originalOffset: (offset) => originalOffset(replacements, offset) };
}

function originalOffset(replacements: readonly Replacement[], offset: number): number {
	let low = 0;
	let high = replacements.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (replacements[middle]!.start <= offset) low = middle + 1;
		else high = middle;
	}
	const last = replacements[low - 1];
	if (last === undefined) return offset;
	return offset < last.end ? last.originalStart : last.originalEnd + (offset - last.end);
}
