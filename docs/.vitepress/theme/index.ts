// Without the theme's fonts: the reader's own are there at once.
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { runListings } from './run-listings.ts';
import './style.css';

export default {
	extends: DefaultTheme,
	enhanceApp({ app }) {
		if (!import.meta.env.SSR) runListings();
		app.mixin({
			// What the home page consists of is no landmark in the default theme, as it is on all other pages.
			mounted(this: { $el: unknown }) {
				const { $el: element } = this;
				if (element instanceof Element && element.classList.contains('VPHome')) element.setAttribute('role', 'main');
			},
		});
	},
} satisfies Theme;
