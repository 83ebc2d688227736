import { signal } from '@preact/signals';

/** A sentence for the visitor, in a corner of the page; `action` is a button in it. */
export type Notice = {
	readonly id: number;
	readonly tone: 'info' | 'warning';
	readonly sentence: string;
	readonly action?: { readonly label: string; readonly run: () => void };
};

/** How long a notice stays that needs no action, milliseconds. */
const STAYS = 8000;
const MOST = 3;
let lastId = 0;

/** Those on display, oldest first. */
export const notices = signal<readonly Notice[]>([]);

/** Shows a sentence. Warnings stay until they are closed. The same sentence is shown once. */
export function notify(tone: Notice['tone'], sentence: string, action?: Notice['action']): void {
	const id = ++lastId;
	const others = notices.value.filter((notice) => notice.sentence !== sentence).slice(1 - MOST);
	notices.value = [...others, { id, tone, sentence, ...(action && { action }) }];
	if (tone === 'info') setTimeout(() => dismiss(id), STAYS);
}

/** Removes a notice. */
export function dismiss(id: number): void {
	notices.value = notices.value.filter((notice) => notice.id !== id);
}
