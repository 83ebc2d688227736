import { describe, expect, test } from 'vitest';
import { noChromium } from '../../support/browsers/chromium.ts';
import { lacking } from '../../support/lacking.ts';
import { accessibilityProblems } from '../support/accessibility.ts';
import { takePicture } from '../support/pictures.ts';
import { usePlayground } from '../support/use-playground.ts';

describe.skipIf(lacking(noChromium))('the terminal', () => {
	const setting = usePlayground();

	test('runs code and scripts of the project by the keyboard, remembers lines, and is stopped', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await visitor.edit(
			'public/index.php',
			'<h1>app</h1><?php if (PHP_SAPI === "cli") { fwrite(STDERR, "args: $argv[1]"); exit(7); }',
		);
		const { keyboard } = visitor.page;
		await visitor.page.getByRole('tab', { name: 'Log' }).focus();
		await keyboard.press('ArrowLeft');
		const line = visitor.page.getByLabel('PHP code, or a script');
		const output = visitor.page.getByRole('log', { name: 'Output of php-cli' });
		await line.focus();
		await keyboard.type('echo 6 * 7, PHP_SAPI');
		await keyboard.press('Enter');
		await output.getByText('42cli').waitFor();
		await keyboard.type('public/index.php "two words"');
		await keyboard.press('Enter');
		await output.getByText('args: two words').waitFor();
		await output.getByText('Exit status 7').waitFor();

		await keyboard.type('while (true) echo "endless ";');
		await keyboard.press('Enter');
		await output.getByText('more characters are not shown').first().waitFor();
		await visitor.page.getByRole('button', { name: 'Stop' }).waitFor();
		await keyboard.press('Control+c');
		await output.getByText('Stopped.').waitFor();
		expect((await output.innerText()).length).toBeLessThan(110_000);

		for (const expected of ['while (true) echo "endless ";', 'public/index.php "two words"']) {
			await keyboard.press('ArrowUp');
			expect(await line.inputValue()).toBe(expected);
		}
		for (const expected of ['while (true) echo "endless ";', '']) {
			await keyboard.press('ArrowDown');
			expect(await line.inputValue()).toBe(expected);
		}

		// Another tab of the panel takes nothing away.
		await visitor.page.getByRole('tab', { name: 'Threads' }).click();
		await visitor.page.getByRole('tab', { name: 'Terminal' }).click();
		await output.getByText('Stopped.').waitFor();
		expect(await accessibilityProblems(visitor.page)).toEqual([]);
		await takePicture(visitor.page, 'terminal-wide');
		await visitor.page.emulateMedia({ colorScheme: 'dark' });
		await takePicture(visitor.page, 'terminal-dark');
		await visitor.page.setViewportSize({ width: 360, height: 740 });
		await visitor.page.locator('.panel-tabs button', { hasText: 'Log' }).click();
		await takePicture(visitor.page, 'terminal-narrow');
		visitor.expectNoErrors();
	});

	test('ends with the app, says so, and runs on the next one', async () => {
		const visitor = await setting.visitor();
		await visitor.open('blank');
		await visitor.page.getByRole('tab', { name: 'Terminal' }).click();
		const line = visitor.page.getByLabel('PHP code, or a script');
		await line.fill('echo "loops"; while (true);');
		await line.press('Enter');
		await visitor.page.getByText('loops', { exact: true }).waitFor();
		await visitor.page.getByRole('button', { name: 'Run', exact: true }).first().click();
		await visitor.page.getByText('The server was closed').waitFor();
		await line.fill('echo "again";');
		await line.press('Enter');
		await visitor.page.getByText('again', { exact: true }).waitFor();
		visitor.expectNoErrors();
	});
});
