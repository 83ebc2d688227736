import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../src/platform/node/operations/file-watching.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';
import { eventually } from '../support/eventually.ts';

describe('watchFiles', () => {
	let folder: string;

	beforeEach(() => {
		folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-watch-')));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	});

	const put = (name: string, text = 'x') => {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	};

	/** Watches; the calls, as names relative to the folder. */
	async function watching(patterns: readonly string[], during: () => Promise<void> | void = () => {}) {
		const calls: string[][] = [];
		const log = new CapturingLogger();
		const watch = await watchFiles(
			patterns,
			folder,
			async (paths) => {
				calls.push(paths.map((path) => path.slice(folder.length + 1)).sort());
				await during();
			},
			log,
		);
		onTestFinished(() => watch.close());
		/** Everything that has been told so far, once `name` is among it. */
		const until = (name: string) =>
			eventually(`the change of ${name}`, () => calls.flat().includes(name) && calls.flat());
		return { calls, log, watch, until };
	}

	test('changes, new files and deletions; what no pattern names is not told', async () => {
		for (const name of ['a.php', 'gone.php', 'a.css', 'node_modules/m.php', '.git/g.php']) put(name);
		const { until, calls } = await watching(['**/*.{php,env}']);
		put('a.css', 'other');
		put('node_modules/m.php', 'other');
		put('.git/g.php', 'other');
		put('a.php', 'other');
		await until('a.php');
		rmSync(join(folder, 'gone.php'));
		await until('gone.php');
		put('new/deep/b.php');
		await until('new/deep/b.php');
		put('.env');
		expect(new Set(await until('.env'))).toEqual(new Set(['a.php', 'gone.php', 'new/deep/b.php', '.env']));
		expect(calls.every((paths) => paths.length > 0)).toBe(true);
	});

	test('a burst is one call', async () => {
		put('src/0.php');
		const { calls, until } = await watching(['src']);
		for (let i = 0; i < 50; i++) put(`src/${i}.php`, 'other');
		await until('src/49.php');
		expect(calls).toHaveLength(1);
		expect(calls[0]).toHaveLength(50);
	});

	test('a save by rename is one change of that file', async () => {
		put('a.php');
		const { calls, until } = await watching(['*.php']);
		put('a.php.tmp', 'other');
		renameSync(join(folder, 'a.php.tmp'), join(folder, 'a.php'));
		await until('a.php');
		put('end.php');
		await until('end.php');
		expect(calls).toEqual([['a.php'], ['end.php']]);
	});

	test('calls do not overlap: what changes during one is told by the next', async () => {
		put('a.php');
		const gate = Promise.withResolvers<void>();
		let inside = 0;
		let most = 0;
		const { calls, until } = await watching(['*.php'], async () => {
			most = Math.max(most, ++inside);
			await gate.promise;
			inside--;
		});
		put('a.php', 'other');
		await until('a.php');
		put('b.php');
		put('c.php');
		// A watcher of its own has seen it by now, so has the other one.
		const other = await watching(['*.php']);
		put('d.php');
		await other.until('d.php');
		expect(calls).toEqual([['a.php']]);
		gate.resolve();
		await until('d.php');
		expect(most).toBe(1);
		expect(calls.flat()).toEqual(expect.arrayContaining(['b.php', 'c.php']));
	});

	test('a folder that does not exist yet', async () => {
		const { until } = await watching(['later/sub/*.php']);
		put('later/sub/a.php');
		await until('later/sub/a.php');
	});

	test('one file, such as a Caddyfile', async () => {
		put('Caddyfile');
		put('Caddyfile.other');
		const { until } = await watching(['Caddyfile']);
		put('Caddyfile.other', 'other');
		put('Caddyfile', 'other');
		expect(await until('Caddyfile')).toEqual(['Caddyfile']);
	});

	test('one file that an editor replaces, again and again', async () => {
		put('Caddyfile');
		const { calls } = await watching([join(folder, 'Caddyfile')]);
		for (const round of [1, 2, 3]) {
			put('Caddyfile.new', String(round));
			renameSync(join(folder, 'Caddyfile.new'), join(folder, 'Caddyfile'));
			await eventually(`call ${round}`, () => calls.length === round);
		}
		expect(calls).toEqual([['Caddyfile'], ['Caddyfile'], ['Caddyfile']]);
	});

	test('a link that leads in a circle hangs nothing', async () => {
		put('a.php');
		symlinkSync(folder, join(folder, 'again'));
		const { until } = await watching(['**/*.php']);
		put('a.php', 'other');
		await until('a.php');
	});

	test('a link to a folder is followed anew by each watch, also while the former one still runs', async () => {
		put('one/src/a.php');
		put('two/src/a.php');
		symlinkSync('one', join(folder, 'current'));
		const former = await watching(['current/src/**/*.php']);
		put('one/src/a.php', 'other');
		await former.until('current/src/a.php');
		symlinkSync('two', join(folder, 'next'));
		renameSync(join(folder, 'next'), join(folder, 'current'));
		const { until } = await watching(['current/src/**/*.php']);
		await former.watch.close();
		put('two/src/a.php', 'other');
		expect(await until('current/src/a.php')).toEqual(['current/src/a.php']);
	});

	test('what the listener throws is logged, and it goes on', async () => {
		put('a.php');
		const { log, until } = await watching(['*.php'], () => {
			throw new Error('broken');
		});
		put('a.php', 'other');
		await eventually('the log', () => log.matching('broken').length > 0);
		put('b.php');
		await until('b.php');
	});

	test('nothing is told after close()', async () => {
		put('a.php');
		const { calls, watch } = await watching(['*.php']);
		put('a.php', 'other');
		await watch.close();
		const other = await watching(['*.php']);
		put('b.php');
		await other.until('b.php');
		expect(calls).toEqual([]);
	});
});
