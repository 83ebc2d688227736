import { effect, type Signal, signal } from '@preact/signals';
import { LocalStore } from '../storage/local-store.ts';

/** What survives a reload. */
export const store = new LocalStore(() => window.localStorage);

/** 'system' = what the visitor's system says. */
export type Theme = 'system' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The colours of the page. */
export const theme: Signal<Theme> = signal(THEMES.find((name) => name === store.read('theme')) ?? 'system');

/** Puts the theme on the document, now and whenever it changes. */
export function followTheme(): void {
	effect(() => {
		document.documentElement.setAttribute('data-theme', theme.value);
		store.write('theme', theme.value);
	});
}

/** The theme after this one, for the button. */
export function nextTheme(): void {
	theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system';
}

/** Shares of neighbouring panels, in per cent of their sum. */
export type Shares = readonly number[];

/** How big panels are: rows (top, timeline, bottom), the columns of the top and those of the bottom. */
export const panelShares = {
	rows: sharesOf('rows', [52, 22, 26]),
	top: sharesOf('top', [50, 50]),
	bottom: sharesOf('bottom', [34, 33, 33]),
};

function sharesOf(name: string, standard: Shares): { shares: Signal<Shares>; keep(): void; reset(): void } {
	const key = `shares.${name}`;
	const kept = (store.read(key) ?? '').split(' ').map(Number);
	const fits = kept.length === standard.length && kept.every((share) => share >= 5 && share <= 95);
	const shares = signal(fits ? kept : standard);
	return {
		shares,
		keep: () => {
			store.write(key, shares.value.join(' '));
		},
		reset: () => {
			shares.value = standard;
			store.remove(key);
		},
	};
}
