/** What a check of `igor doctor` has found: `fail` = something that is needed is missing, `note` = something else is. */
export interface Finding {
	readonly verdict: 'ok' | 'note' | 'fail';
	/** One line: what it is, and what to do about it. */
	readonly text: string;
}

export const ok = (text: string): Finding => ({ verdict: 'ok', text });
export const note = (text: string): Finding => ({ verdict: 'note', text });
export const fail = (text: string): Finding => ({ verdict: 'fail', text });
