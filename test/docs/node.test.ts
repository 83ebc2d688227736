import { mkdirSync, symlinkSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { runProgram } from '../program/support/command-line.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';
import { listingsOf, openPage, ROOT } from './support/pages.ts';
import { write } from './support/shell.ts';

afterAll(cleanUp);

describe('Node API', () => {
	const page = openPage('docs/reference/node.md');

	test('the program serves the apps of the other pages', async () => {
		const folder = writeApp({});
		mkdirSync(`${folder}/node_modules`);
		symlinkSync(ROOT, `${folder}/node_modules/igor-php`);
		const listing = (name: string, title: string) =>
			listingsOf(name).find((each) => each.title === title)?.code ?? `There is no ${title}.`;
		const [, reader = ''] = listing('README.md', 'public/index.php').split('<?php');
		write(folder, {
			'bin/console': listing('README.md', 'bin/console'),
			'bin/prices.php': listing('docs/guides/background-workers.md', 'bin/prices.php'),
			'config/flags.json': '{"new-checkout": true}',
			'public/index.php': `<?php while (frankenphp_handle_request(function () { ${reader} }));`,
			'app.mjs': `${page.take('ts', 'app.mjs')}
				console.log(await response.text(), 'by', server.sidekicks.get('feature-flags').name);`,
		});
		expect(await runProgram(process.execPath, ['app.mjs'], { cwd: folder })).toMatchObject({
			status: 0,
			out: 'new checkout by feature-flags\n',
		});
	});

	test('every listing is run', () => {
		expect(page.left()).toEqual([]);
	});
});
