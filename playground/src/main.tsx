import { render } from 'preact';
import { followScenario } from './page/console-state.ts';
import { prepareBrowser } from './page/isolation.ts';
import { Page } from './page/page.tsx';
import { followTheme } from './page/preferences.ts';
import { block, run } from './page/runtime.ts';
import { openFragment } from './page/workspace.ts';

followTheme();
followScenario();
// Both at once: the service worker is asked for while the link is read.
const obstacle = prepareBrowser();
await openFragment(location.hash);

const place = document.getElementById('page');
if (place === null) throw new Error('The document has no #page; take the index.html of the same build.');
place.replaceChildren();
render(<Page />, place);

addEventListener('hashchange', async () => {
	await openFragment(location.hash);
	await run();
});

const found = await obstacle;
if (found === undefined) await run();
else block(found);
