import { render } from 'preact';
import { missingInBrowser } from '../../src/platform/browser/page/browser-support.ts';
import { prepareIsolation } from '../../src/platform/browser/page/prepare-isolation.ts';
import { followScenario } from './page/console-state.ts';
import { isEmbedded } from './page/embedded.ts';
import { EmbeddedPage } from './page/embedded-page.tsx';
import { keepFocus } from './page/keep-focus.ts';
import { takeDrops } from './page/open-project.ts';
import { Page } from './page/page.tsx';
import { php } from './page/php.ts';
import { followTheme } from './page/preferences.ts';
import { block, run, useFrames } from './page/runtime.ts';
import { openFragment, phpVersion } from './page/workspace.ts';

followTheme();
followScenario();
// First of all: on a first visit it installs the service worker and reloads the page.
const isolation = prepareIsolation('service-worker.js');
const opened = openFragment(location.hash);
// It takes the longest. A fragment with another version is rare.
if (crossOriginIsolated && missingInBrowser() === undefined) php(phpVersion.peek()).catch(() => {});
await opened;

const started = isolation.then((prepared) => {
	if (prepared.state === 'isolated') {
		useFrames(prepared.frames);
		return run();
	}
	block(prepared.message);
});
// The app's web worker starts before the page is drawn: both take equally long.
if (crossOriginIsolated) await isolation;

const place = document.getElementById('page');
if (place === null) throw new Error('The document has no #page; take the index.html of the same build.');
place.replaceChildren();
if (isEmbedded) document.documentElement.setAttribute('data-embedded', '');
render(isEmbedded ? <EmbeddedPage /> : <Page />, place);

keepFocus(place);
takeDrops();
addEventListener('hashchange', async () => {
	await openFragment(location.hash);
	await run();
});
await started;
