// Figures about how the files of src import each other: `npm run structure [-- folder of the project]`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')`, types included; strings in one line. */
const IMPORT = /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** @typedef {import('./import-graph.d.mts').Graph} Graph */

/**
 * Reads the TypeScript files of `root`/src.
 * @param {string} root
 * @returns {Graph}
 */
export function readGraph(root) {
	const source = path.join(root, 'src');
	const files = new Map();
	const lines = new Map();
	for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
		if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
		const text = readFileSync(path.join(source, name), 'utf8');
		const file = name.split(path.sep).join('/');
		lines.set(file, text.split('\n').length - 1);
		const imported = [...text.replace(COMMENT, '').matchAll(IMPORT)]
			.map((match) => match[1] ?? match[2])
			.filter((specifier) => specifier.startsWith('.'))
			.map((specifier) => path.posix.join(path.posix.dirname(file), specifier));
		files.set(file, [...new Set(imported)]);
	}
	for (const [file, imported] of files) {
		for (const other of imported)
			if (!files.has(other)) throw new Error(`src/${file} imports src/${other}: not there.`);
	}
	return { files, lines };
}

/** @param {string} file */
export function folderOf(file) {
	return path.posix.dirname(file);
}

/**
 * Each folder with the other folders that its files import from.
 * @param {Graph} graph
 * @returns {Map<string, Set<string>>}
 */
export function folderArrows({ files }) {
	const arrows = new Map();
	for (const [file, imported] of files) {
		const from = folderOf(file);
		if (!arrows.has(from)) arrows.set(from, new Set());
		for (const other of imported) if (folderOf(other) !== from) arrows.get(from).add(folderOf(other));
	}
	return arrows;
}

/**
 * Pairs of folders that import each other, as `a <-> b`.
 * @param {Graph} graph
 */
export function mutualFolders(graph) {
	const arrows = folderArrows(graph);
	const pairs = [];
	for (const [from, targets] of arrows) {
		for (const to of targets) if (from < to && arrows.get(to)?.has(from)) pairs.push(`${from} <-> ${to}`);
	}
	return pairs.sort();
}

/**
 * Groups of nodes that reach each other (Tarjan), only those of two and more, each sorted.
 * @param {Map<string, Iterable<string>>} arrows
 * @returns {string[][]}
 */
export function circles(arrows) {
	return components(arrows)
		.filter((group) => group.length > 1)
		.map((group) => group.sort())
		.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/**
 * The longest chain of folders each of which imports the next; folders in a circle count as one link.
 * @param {Graph} graph
 * @returns {string[]}
 */
export function longestChain(graph) {
	const arrows = folderArrows(graph);
	const groups = components(arrows);
	const groupOf = new Map(groups.flatMap((group) => group.map((folder) => [folder, group])));
	const chains = new Map();
	// Tarjan's order: what a group imports comes before it.
	for (const group of groups) {
		let best = [];
		for (const folder of group) {
			for (const to of arrows.get(folder) ?? []) {
				const chain = groupOf.get(to) === group ? [] : chains.get(groupOf.get(to));
				if (chain.length > best.length) best = chain;
			}
		}
		chains.set(group, [group.join(' + '), ...best]);
	}
	return [...chains.values()].reduce((longest, chain) => (chain.length > longest.length ? chain : longest), []);
}

/** All groups of nodes that reach each other; a group comes after those that it leads to. */
function components(arrows) {
	const indexes = new Map();
	const lows = new Map();
	const stack = [];
	const groups = [];
	const visit = (node) => {
		indexes.set(node, indexes.size);
		lows.set(node, indexes.get(node));
		stack.push(node);
		for (const next of arrows.get(node) ?? []) {
			if (!indexes.has(next)) visit(next);
			if (stack.includes(next)) lows.set(node, Math.min(lows.get(node), lows.get(next)));
		}
		if (lows.get(node) === indexes.get(node)) groups.push(stack.splice(stack.indexOf(node)));
	};
	for (const node of arrows.keys()) if (!indexes.has(node)) visit(node);
	return groups;
}

/** @param {string} root */
function print(root) {
	const graph = readGraph(root);
	const arrows = folderArrows(graph);
	const loose = [...graph.files.keys()].filter((file) => folderOf(file) === '.');
	const mutual = mutualFolders(graph);
	const fileCircles = circles(graph.files);
	const chain = longestChain(graph);
	const [longest, length] = [...graph.lines].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
	const figures = [
		['files', graph.files.size],
		['loose files at the root of src', loose.length, loose],
		['folders', [...arrows.keys()].filter((folder) => folder !== '.').length],
		['arrows between folders', [...arrows.values()].reduce((sum, targets) => sum + targets.size, 0)],
		['pairs of folders that import each other', mutual.length, mutual],
		['circles between files', fileCircles.length, fileCircles.map((group) => group.join(', '))],
		['floors (longest chain of folders)', chain.length, chain],
		['files of fewer than 20 lines', [...graph.lines.values()].filter((lines) => lines < 20).length],
		['lines of the longest file', length, [longest]],
	];
	for (const [what, count, details = []] of figures) {
		console.log(`${String(count).padStart(5)}  ${what}`);
		for (const detail of details) console.log(`         ${detail}`);
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	print(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));
}
