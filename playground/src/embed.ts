import { projectFrame } from './share/frame.ts';

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
		const code = `${(listing.textContent ?? '').trimEnd()}\n`;
		const frame = await projectFrame(new URL('./', import.meta.url), { [file]: code }, file);
		listing.replaceWith(frame);
		button.remove();
	});
	listing.after(button);
}
