import { writeLink } from './share/link.ts';

/**
 * A script for other pages: gives each of their PHP listings a button that runs it.
 *
 *     <pre data-playground="public/index.php">&lt;?php echo 'Hello';</pre>
 *     <script type="module" src="…/embed.js"></script>
 *
 * The attribute names the file, in the blank project; empty = `public/index.php`. Only the click loads the playground.
 */
const ATTRIBUTE = 'data-playground';
const FIRST_FILE = 'public/index.php';

for (const listing of document.querySelectorAll<HTMLElement>(`[${ATTRIBUTE}]`)) {
	const button = document.createElement('button');
	button.type = 'button';
	button.textContent = 'Run';
	button.addEventListener('click', async () => {
		button.disabled = true;
		const file = listing.getAttribute(ATTRIBUTE) || FIRST_FILE;
		const changed = { [file]: `${(listing.textContent ?? '').trimEnd()}\n` };
		const fragment = await writeLink({ scenario: 'blank', difference: { changed, removed: [] } });
		const frame = document.createElement('iframe');
		frame.src = new URL(`./?embed#${fragment}`, import.meta.url).href;
		frame.title = `The playground with ${file}`;
		frame.allow = 'cross-origin-isolated; clipboard-write';
		frame.style.cssText = 'width: 100%; height: 420px; border: 1px solid #8884; border-radius: 8px';
		listing.replaceWith(frame);
		button.remove();
	});
	listing.after(button);
}
