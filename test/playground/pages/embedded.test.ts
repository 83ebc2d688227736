import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { usePlayground } from '../support/use-playground.ts';

const PAGE = `<!doctype html><title>Docs</title>
<pre data-playground="">&lt;?php echo '&lt;h1&gt;from the docs&lt;/h1&gt;';</pre>
<script type="module" src="embed.js"></script>`;
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

describe.skipIf(lacking(noChromium))('a listing of another page', () => {
	const setting = usePlayground();

	test('runs in place where that page shares memory, and goes on in the whole playground', async () => {
		setting.host.files.set('docs.html', { content: PAGE, headers: ISOLATED });
		setting.host.headers = ISOLATED;
		const visitor = await setting.visitor();
		await visitor.page.goto(`${setting.host.url}docs.html`);
		expect(await visitor.page.locator('iframe').count()).toBe(0);
		await visitor.page.getByRole('button', { name: 'Run' }).click();
		const frame = visitor.page.frameLocator('iframe');
		await frame.frameLocator('iframe[title="The app"]').getByText('from the docs').waitFor();
		expect(await frame.locator('.panel').count()).toBe(2);
		const link = await frame.getByRole('link', { name: 'Open in the Igor playground' }).getAttribute('href');
		const whole = await visitor.anotherTab();
		await whole.page.goto(link ?? '');
		await whole.app.getByText('from the docs').waitFor();
		expect(await whole.page.locator('.panel').count()).toBe(6);
		whole.expectNoErrors();
	});

	test('says what to do where that page shares none', async () => {
		setting.host.files.set('docs.html', { content: PAGE });
		setting.host.headers = {};
		const visitor = await setting.visitor();
		await visitor.page.goto(`${setting.host.url}docs.html`);
		await visitor.page.getByRole('button', { name: 'Run' }).click();
		const frame = visitor.page.frameLocator('iframe');
		await frame.getByRole('alert').getByText('Open it in a tab of its own').waitFor();
		await frame.getByText("echo '<h1>from the docs</h1>'").waitFor();
	});
});
