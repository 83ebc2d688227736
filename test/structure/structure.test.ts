import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { circles, folderOf, mutualFolders, readGraph } from './import-graph.mjs';

/** Circles that may be, by their first file. */
const KNOWN_CIRCLES = [
	// Types only: a directive such as `handle` holds directives, so it knows the list of all of them.
	'directives/directive.ts',
];
/** Pairs of folders that may import each other, each with the reason. */
const KNOWN_PAIRS: Readonly<Record<string, string>> = {};
const MOST_LINES = 350;

const graph = readGraph(fileURLToPath(new URL('../..', import.meta.url)));
const files = [...graph.files.keys()];

describe('the files of src', () => {
	test('import each other in no circle, types included', () => {
		const found = circles(graph.files).filter(([first]) => !KNOWN_CIRCLES.includes(first as string));
		expect(found).toEqual([]);
	});

	test('have names of their own: no two are called the same', () => {
		const names = files.map((file) => path.posix.basename(file));
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});

	test('lie in folders, but for the two entries of the package', () => {
		expect(files.filter((file) => folderOf(file) === '.')).toEqual(['browser.ts', 'index.ts']);
	});

	test(`have at most ${MOST_LINES} lines`, () => {
		expect([...graph.lines].filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
	});
});

test('of two folders, only one imports the other', () => {
	expect(mutualFolders(graph).filter((pair) => !(pair in KNOWN_PAIRS))).toEqual([]);
});

test('a circle and a pair of folders would be seen', () => {
	const seen = new Map([
		['a/one.ts', ['b/two.ts']],
		['b/two.ts', ['b/three.ts']],
		['b/three.ts', ['a/one.ts']],
		['b/four.ts', ['a/one.ts']],
	]);
	expect(circles(seen)).toEqual([['a/one.ts', 'b/three.ts', 'b/two.ts']]);
	expect(mutualFolders({ files: seen, lines: new Map() })).toEqual(['a <-> b']);
});
