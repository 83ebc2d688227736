import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AttackedServer, type Operation, PLACES } from './support/attacked-server.ts';
import { CANARY } from './support/canary.ts';

/** Everything that could tell of the folder d, or change something there. */
const EVERYTHING: readonly Operation[] = [
	['read', 'd/canary.txt'],
	['read', 'd/x'],
	['include', 'd/canary.txt'],
	['stat', 'd/canary.txt'],
	['lstat', 'd/canary.txt'],
	['is', 'd/canary.txt'],
	['list', 'd'],
	['iterate', 'd'],
	['glob', 'd'],
	['list', 'd/sub'],
	['chdir', 'd'],
	['realpath', 'd/canary.txt'],
	['write', 'd/canary.txt', 'by PHP'],
	['append', 'd/canary.txt', 'by PHP'],
	['write', 'd/new', 'by PHP'],
	['first', 'd/new2', 'by PHP'],
	['truncate', 'd/canary.txt', 0],
	['mkdir', 'd/new3'],
	['rmdir', 'd/sub'],
	['symlink', 'd/new4', 'x'],
	['rename', 'd/canary.txt', 'stolen'],
	['rename', 'f', 'd/f'],
	['link', 'd/canary.txt', 'stolen2'],
	['link', 'f', 'd/new5'],
	['copy', 'd/canary.txt', 'stolen3'],
	['copy', 'f', 'd/canary.txt'],
	['chmod', 'd/canary.txt', 0o600],
	['touch', 'd/canary.txt', 5],
	['touch', 'd/new6', 5],
	['connect', 'd/socket'],
	['unlink', 'd/canary.txt'],
];
/** The same for a name that stands for a file outside. */
const ON_FILE: readonly Operation[] = [
	['read', 'l'],
	['include', 'l'],
	['stat', 'l'],
	['is', 'l'],
	['write', 'l', 'by PHP'],
	['append', 'l', 'by PHP'],
	['first', 'l', 'by PHP'],
	['truncate', 'l', 0],
	['chmod', 'l', 0o600],
	['touch', 'l', 5],
	['copy', 'l', 'stolen4'],
	['copy', 'f', 'l'],
	['connect', 'l'],
	['read', 'l/'],
	['read', 'l/.'],
	['list', 'l/..'],
];

let attacked: AttackedServer;
let socket: Server;

beforeAll(async () => {
	attacked = await AttackedServer.start();
	socket = createServer((peer) => peer.end(`${CANARY}\n`));
	await new Promise<void>((resolve) => socket.listen(join(attacked.grounds.outside, '../outside-socket'), resolve));
});
beforeEach(() => attacked.plant());
afterEach(() => attacked.grounds.expectUntouched());
afterAll(async () => {
	await new Promise((resolve) => socket.close(resolve));
	await attacked[Symbol.asyncDispose]();
});

/** How a name in the tree comes to mean the outside. */
const LINKS: Record<string, () => void> = {
	'an absolute link': () => symlinkSync(attacked.grounds.outside, join(attacked.tree, 'd')),
	'a relative link': () => symlinkSync('../../../outside', join(attacked.tree, 'd')),
	'a relative link by detours': () => symlinkSync('./a/..//../../../outside/.', join(attacked.tree, 'd')),
	'links in a row': () => {
		symlinkSync('a/e', join(attacked.tree, 'd'));
		symlinkSync('../b/e', join(attacked.tree, 'a/e'));
		symlinkSync('../../../outside', join(attacked.tree, 'b/e'));
	},
	'a link through /proc': () => symlinkSync(`/proc/self/root${attacked.grounds.outside}`, join(attacked.tree, 'd')),
	"a link to the process's own folder": () => symlinkSync('/proc/self/cwd', join(attacked.tree, 'd')),
	'a link to the top': () => {
		symlinkSync('/', join(attacked.tree, 'top'));
		symlinkSync(`top${attacked.grounds.outside}`, join(attacked.tree, 'd'));
	},
};

describe.each(PLACES)('in %s', (place) => {
	test.each(Object.entries(LINKS))('%s to the outside leads nowhere', async (_name, link) => {
		link();
		symlinkSync('d/canary.txt', join(attacked.tree, 'l'));
		const said = await attacked.do(place, [...EVERYTHING, ...ON_FILE]);
		attacked.grounds.expectUntouched(said);
	});

	test('a link that PHP makes leads nowhere, whatever it says', async () => {
		const { outside } = attacked.grounds;
		const targets = [outside, '../../../outside', `${outside}/`, `/..${outside}`, '../tree/../../../outside'];
		const operations = targets.flatMap((target): Operation[] => [
			['unlink', 'd'],
			['symlink', 'd', target],
			...EVERYTHING,
		]);
		attacked.grounds.expectUntouched(await attacked.do(place, operations));
	});

	test('a path that goes up leads nowhere', async () => {
		const up = EVERYTHING.map(
			([name, path, more]): Operation =>
				[
					name,
					path?.replace(/^d\b/, '../../../outside'),
					...(more === undefined ? [] : [typeof more === 'string' ? more.replace(/^d\b/, '../../../outside') : more]),
				] as unknown as Operation,
		);
		attacked.grounds.expectUntouched(await attacked.do(place, up));
	});

	test('a socket outside is not reached', async () => {
		symlinkSync('../../../outside-socket', join(attacked.tree, 'l'));
		symlinkSync('../../..', join(attacked.tree, 'd'));
		expect(
			await attacked.do(place, [
				['connect', 'l'],
				['connect', 'd/outside-socket'],
			]),
		).toEqual([false, false]);
	});
});

describe.each(['classic', 'worker'] as const)('what a thread has seen before, in %s, is not believed', (place) => {
	/** Every thread of the server looks; whether one has is not sure, but the more jobs, the more threads. */
	const look = async (operations: readonly Operation[]): Promise<unknown[][]> =>
		Promise.all(Array.from({ length: 8 }, () => attacked.do(place, operations)));

	test.each([
		['by an absolute link', () => attacked.grounds.outside],
		['by a relative link', () => '../../../outside'],
	])('a folder that is replaced %s', async (_name, target) => {
		mkdirSync(join(attacked.tree, 'd/sub'), { recursive: true });
		writeFileSync(join(attacked.tree, 'd/canary.txt'), 'plain');
		for (const said of await look([
			['read', 'd/canary.txt'],
			['list', 'd'],
			['list', 'd/sub'],
			['is', 'd/x'],
		])) {
			expect(said).toEqual([
				'plain',
				['.', '..', 'canary.txt', 'sub'],
				['.', '..'],
				[false, false, false, false, false],
			]);
		}
		rmSync(join(attacked.tree, 'd'), { recursive: true });
		symlinkSync(target(), join(attacked.tree, 'd'));
		for (const said of await look(EVERYTHING)) attacked.grounds.expectUntouched(said);
	});

	test('a file that is replaced by a link', async () => {
		writeFileSync(join(attacked.tree, 'l'), 'plain');
		for (const said of await look([
			['read', 'l'],
			['lstat', 'l'],
		]))
			expect(said[0]).toBe('plain');
		symlinkSync('../../../outside/canary.txt', join(attacked.tree, 'ready'));
		renameSync(join(attacked.tree, 'ready'), join(attacked.tree, 'l'));
		for (const said of await look(ON_FILE)) attacked.grounds.expectUntouched(said);
	});

	test('a link inside that is switched shows the other folder at once', async () => {
		for (const release of ['42', '43']) {
			mkdirSync(join(attacked.tree, 'releases', release), { recursive: true });
			writeFileSync(join(attacked.tree, 'releases', release, 'x'), release);
		}
		for (const link of ['releases/42', `${attacked.tree}/releases/42`]) {
			rmSync(join(attacked.tree, 'current'), { force: true });
			symlinkSync(link, join(attacked.tree, 'current'));
			for (const said of await look([
				['read', 'current/x'],
				['list', 'current'],
			])) {
				expect(said).toEqual(['42', ['.', '..', 'x']]);
			}
			symlinkSync(link.replace('42', '43'), join(attacked.tree, 'ready'));
			renameSync(join(attacked.tree, 'ready'), join(attacked.tree, 'current'));
			for (const said of await look([
				['read', 'current/x'],
				['realpath', 'current/x'],
			])) {
				expect(said).toEqual(['43', 'TREE/releases/43/x']);
			}
		}
	});

	test('a folder that is replaced by another one', async () => {
		for (const said of await look([['read', 'a/x']])) expect(said).toEqual(['inside']);
		renameSync(join(attacked.tree, 'a'), join(attacked.tree, 'old'));
		mkdirSync(join(attacked.tree, 'a'));
		writeFileSync(join(attacked.tree, 'a/x'), 'new');
		for (const said of await look([
			['read', 'a/x'],
			['read', 'old/x'],
		])) {
			expect(said).toEqual(['new', 'inside']);
		}
	});
});

test('links inside work: relative, absolute, to folders and files, from one visible folder to another', async () => {
	const { tree } = attacked;
	symlinkSync('a', join(tree, 'to-a'));
	symlinkSync(join(tree, 'a'), join(tree, 'absolute'));
	symlinkSync('../f', join(tree, 'b/up'));
	symlinkSync('new', join(tree, 'dangling'));
	symlinkSync('/tmp', join(tree, 'temporary'));
	const said = await attacked.do('classic', [
		['read', 'to-a/x'],
		['read', 'absolute/sub/x'],
		['read', 'to-a/../absolute/sub/../x'],
		['read', 'b/up'],
		['write', 'dangling', 'made'],
		['read', 'new'],
		['write', 'temporary/t', 'shared'],
		['read', 'temporary/t'],
		['rename', 'temporary/t', 'from-tmp'],
		['read', 'from-tmp'],
		['list', 'to-a/'],
		['lstat', 'to-a'],
	]);
	expect(said).toEqual([
		'inside',
		'inside',
		'inside',
		'inside',
		4,
		'made',
		6,
		'shared',
		true,
		'shared',
		['.', '..', 'sub', 'x'],
		[0o120777, 1, 1],
	]);
});

test('a folder without permission stays shut', async () => {
	chmodSync(join(attacked.tree, 'a'), 0);
	const said = await attacked.do('classic', [
		['read', 'a/x'],
		['list', 'a'],
		['write', 'a/new', 'x'],
	]);
	chmodSync(join(attacked.tree, 'a'), 0o755);
	expect(said).toEqual(process.getuid?.() === 0 ? ['inside', ['.', '..', 'sub', 'x'], 1] : [false, false, false]);
});
