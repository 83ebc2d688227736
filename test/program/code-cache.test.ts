import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const IGOR = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));

let home: string;
let cache: string;

beforeEach(() => {
	home = realpathSync(mkdtempSync(join(tmpdir(), 'igor-code-')));
	cache = join(home, 'igor', 'code');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function php(code: string, env: NodeJS.ProcessEnv = {}, ...options: string[]): string {
	const variables = { ...process.env, XDG_CACHE_HOME: home, ...env };
	return execFileSync(process.execPath, [IGOR, 'php-cli', ...options, '-r', code], {
		encoding: 'utf8',
		env: variables,
	});
}

/** What threads have saved, with the times of the files. */
function saved(): Record<string, number> {
	if (!existsSync(cache)) return {};
	const files = readdirSync(cache, { withFileTypes: true }).filter((entry) => entry.isFile());
	return Object.fromEntries(files.map(({ name }) => [name, statSync(join(cache, name)).mtimeMs]));
}

test('the first run keeps its code compiled, for this user alone, and the next one uses it', () => {
	expect(php('echo 1;')).toBe('1');
	const first = saved();
	expect(Object.keys(first).map((name) => name.replace(/-[0-9a-f]+-\d+$/, ''))).toEqual([
		expect.stringMatching(/^glue-node-8-4@/),
		'php-thread',
	]);
	expect(statSync(cache).mode & 0o077).toBe(0);
	expect(php('echo 2;')).toBe('2');
	expect(saved()).toEqual(first);
});

test.each([
	['is empty', () => Buffer.alloc(0)],
	['is cut', (content: Buffer) => content.subarray(0, content.length / 2)],
	['has zeros at its end', (content: Buffer) => Buffer.from(content).fill(0, content.length - 4096)],
	['has another byte', (content: Buffer) => content.map((byte, at) => (at === content.length >> 1 ? byte ^ 1 : byte))],
])('a file that %s is not used, and is replaced', (_what, damage) => {
	php('');
	const contents = Object.keys(saved()).map((name) => [join(cache, name), readFileSync(join(cache, name))] as const);
	for (const [file, content] of contents) writeFileSync(file, damage(content));
	expect(php('echo 1;')).toBe('1');
	for (const [file, content] of contents) expect(readFileSync(file).length).toBeGreaterThan(content.length / 2);
	const replaced = saved();
	php('');
	expect(saved()).toEqual(replaced);
});

test.each<[string, () => void]>([
	[
		'that others may write',
		() => {
			mkdirSync(cache, { recursive: true });
			chmodSync(cache, 0o777);
		},
	],
	[
		'in one that others may write',
		() => {
			mkdirSync(join(home, 'igor'));
			chmodSync(join(home, 'igor'), 0o775);
		},
	],
	[
		'that is a link',
		() => {
			mkdirSync(join(home, 'elsewhere'));
			mkdirSync(join(home, 'igor'));
			symlinkSync(join(home, 'elsewhere'), cache);
		},
	],
	['that is a file', () => writeFileSync(join(home, 'igor'), '')],
])('a folder %s is not used', (_what, prepare) => {
	prepare();
	expect(php('echo 1;')).toBe('1');
	expect(existsSync(join(home, 'elsewhere')) ? readdirSync(join(home, 'elsewhere')) : []).toEqual([]);
	expect(statSync(join(home, 'igor')).isFile() ? {} : saved()).toEqual({});
});

test('without a home, and where Node is told so, nothing is kept', () => {
	expect(php('echo 1;', { XDG_CACHE_HOME: '', HOME: '/dev/null' })).toBe('1');
	expect(php('echo 1;', { NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('1');
	expect(saved()).toEqual({});
});

test('PHP that sees the folder cannot change it, whether it is in use or not', () => {
	php('');
	const before = saved();
	const attack = `foreach (glob('${cache}/*-*') as $file) {
		var_dump(@file_put_contents($file, 'x'), @unlink($file), @rename($file, '${home}/x'), @touch($file));
	}
	var_dump(@file_put_contents('${cache}/new', 'x'), @mkdir('${cache}/new'), @rename('${cache}', '${home}/y'), @rename('${home}/igor', '${home}/y'));`;
	for (const env of [{}, { NODE_DISABLE_COMPILE_CACHE: '1' }]) {
		expect([...new Set(php(attack, env, '--mount', home).trim().split('\n'))]).toEqual(['bool(false)']);
		expect(saved()).toEqual(before);
	}
});
