import { withBase } from 'vitepress';
import { projectFrame, projectLink } from '../../../playground/src/share/frame.ts';

/** On a listing that is a file of the page's application: its name. See `scripts/docs/web/markdown.ts`. */
const FILE = 'data-file';
/** Its script runs the sidekicks, where the page has one. */
const ENTRYPOINT = 'bin/console';
const SETTINGS = 'igor-playground.json';

/** The buttons of listings open the page's whole application in the playground, at that listing. */
export function runListings(): void {
	document.addEventListener('click', (event) => {
		const button = event.target instanceof Element ? event.target.closest('button.run-listing') : null;
		const listing = button?.closest<HTMLElement>(`[${FILE}]`);
		if (button instanceof HTMLButtonElement && listing) void run(button, listing);
	});
}

async function run(button: HTMLButtonElement, listing: HTMLElement): Promise<void> {
	const files: Record<string, string> = {};
	for (const one of listing.ownerDocument.querySelectorAll(`[${FILE}]`)) {
		files[one.getAttribute(FILE) ?? ''] = `${one.querySelector('code')?.textContent?.trimEnd()}\n`;
	}
	if (ENTRYPOINT in files) files[SETTINGS] = `${JSON.stringify({ sidekickEntrypoint: ENTRYPOINT })}\n`;
	const base = new URL(withBase('/playground/'), location.href);
	// A frame cannot share memory where the page around it does not.
	if (!crossOriginIsolated) {
		open(await projectLink(base, files), '_blank', 'noopener');
		return;
	}
	button.disabled = true;
	const frame = await projectFrame(base, files, listing.getAttribute(FILE) ?? '');
	listing.append(frame);
	frame.focus();
}
