import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cleanUp, Igor } from '../../program/support/igor.ts';
import { descriptionOf, filesOf, folderOf, NAMES, Scenario } from './scenario.ts';

afterEach(cleanUp);

test('the order names every folder', () => {
	const folders = readdirSync(folderOf('.'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.filter(({ name }) => existsSync(join(folderOf(name), 'scenario.json')));
	expect([...NAMES].sort()).toEqual(folders.map(({ name }) => name).sort());
});

describe.each(NAMES)('%s', (name) => {
	const scenario = descriptionOf(name);
	const files = filesOf(name);
	const suggested = (running: Scenario): Promise<string[]> =>
		Promise.all(
			scenario.requests.map(({ method, path, body }) =>
				running.get(path, { method, ...(method === 'POST' && { body: new URLSearchParams(body) }) }),
			),
		);

	test('scenario.json is complete, and names files that exist', () => {
		const { title, watch, settings, open, requests } = scenario;
		expect(title).toMatch(/^\S.{3,30}$/);
		expect(watch.match(/[.:;](\s|$)/g)?.length, watch).toBeGreaterThanOrEqual(2);
		expect(watch.length).toBeLessThan(450);
		const named = [open, ...settings.workers.map(({ file }) => file), settings.sidekickEntrypoint ?? open];
		for (const file of named) expect([...files.keys()]).toContain(file);
		expect(requests.length).toBeGreaterThan(0);
	});

	test('can be read in three minutes, and leads nowhere else', () => {
		const code = [...files].filter(([file]) => /\.php$|console$/.test(file) && file !== 'src/page.php');
		for (const [file, text] of code) expect(text, file).toContain('declare(strict_types=1);');
		expect(code.reduce((sum, [, text]) => sum + text.split('\n').length, 0)).toBeLessThan(320);
		// The app is served below some path: a URL that begins with / or with a scheme would lead out of it.
		for (const [file, text] of files) {
			expect(text, file).not.toMatch(/(href|src|action)="\/|https?:\/\/|url\(|fetch\(['"`]\/|Location: \//);
		}
	});

	test('has no folder that is missing in a clone or in a zip', () => {
		const folders = readdirSync(folderOf(name), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map((entry) => join(entry.parentPath, entry.name));
		for (const folder of folders) expect(readdirSync(folder), folder).not.toEqual([]);
	});

	test('answers as worker, by every request that it suggests', async () => {
		await using running = await Scenario.start(name);
		const page = await running.get('/');
		expect(page).toContain(`<title>`);
		expect(page).toContain('</html>');
		expect(page).not.toMatch(/(Warning|Notice|Deprecated|Fatal error)/);
		await suggested(running);
		for (const [, asset = ''] of page.matchAll(/(?:href|src)="([\w-]+\.\w+)"/g)) await running.get(`/${asset}`);
		expect(
			running.log
				.matching('PHP ')
				.map(({ message }) => message)
				.filter((message) => !/Sabotage/.test(message)),
		).toEqual([]);
	});

	test('answers as a classic script', async () => {
		await using running = await Scenario.start(name, {}, (settings) => ({ ...settings, workers: [] }));
		expect(await running.get('/')).toContain('</html>');
		for (const answer of await suggested(running)) expect(answer).not.toBe('');
		// The scenarios that show a state write it by this file.
		if (files.has('src/answer.php')) expect(await running.state()).toBeTypeOf('object');
	});

	test('runs by the command line', async () => {
		const { root, workers, sidekickEntrypoint, backgroundWorkers = [] } = scenario.settings;
		const folder = mkdtempSync(join(tmpdir(), 'igor-scenario-'));
		for (const [file, content] of files) {
			mkdirSync(dirname(join(folder, file)), { recursive: true });
			writeFileSync(join(folder, file), content);
		}
		const igor = new Igor(
			[
				...['php-server', '--listen', '127.0.0.1:0', '--root', root],
				...workers.flatMap(({ file, num }) => ['--worker', `${file},${num}`]),
				...backgroundWorkers.flatMap(({ name: worker, file, num }) => [
					'--background-worker',
					`${worker}=${file},${num}`,
				]),
				...(sidekickEntrypoint === undefined ? [] : ['--sidekick-entrypoint', sidekickEntrypoint]),
			],
			folder,
		);
		const response = await fetch(await igor.ready());
		expect(response.status).toBe(200);
		expect(await response.text()).toContain('</html>');
		rmSync(folder, { recursive: true, force: true });
	});
});
