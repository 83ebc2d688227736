// The licences of the npm packages that are bundled into dist/: with their code their notices have to be passed on.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ICU =
	'icudt74l.dat.br is data of ICU 74, as @php-wasm/node has them; © Unicode, Inc., under the Unicode License: ' +
	'https://www.unicode.org/license.txt';
const LINE = `\n\n${'-'.repeat(80)}\n\n`;

/**
 * @param {string} root the repository
 * @param {Iterable<string>} files inputs of esbuild, relative to it
 * @returns {string} what each package says about itself, in the order of their names
 */
export function thirdPartyLicences(root, files) {
	const folders = new Set([...files].map((file) => packageFolder(root, file)).filter((folder) => folder !== undefined));
	const packages = [...folders].map((folder) => ({ folder, ...JSON.parse(read(join(folder, 'package.json'))) }));
	packages.sort((a, b) => (a.name < b.name ? -1 : 1));
	// Packages of one house say the same, at length.
	const byText = groupBy(packages, textOf);
	const notices = [...byText].map(([text, those]) => `${those.map(headOf).join('\n')}\n\n${text}`);
	return `igor-php contains code of these packages. ${ICU}${LINE}${notices.join(LINE)}\n`;
}

/** The nearest folder above a file of node_modules that has a name and a version; undefined = the file is our own. */
function packageFolder(root, file) {
	if (!file.split('/').includes('node_modules')) return undefined;
	for (let folder = dirname(join(root, file)); folder !== root; folder = dirname(folder)) {
		const described = join(folder, 'package.json');
		if (!existsSync(described)) continue;
		const { name, version } = JSON.parse(read(described));
		if (name && version) return folder;
	}
	throw new Error(`${file} belongs to no package.`);
}

/** As Map.groupBy(), which Node 20 lacks. */
function groupBy(items, keyOf) {
	const groups = new Map();
	for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
	return groups;
}

function headOf({ name, version, license, author }) {
	const by = typeof author === 'string' ? author : author?.name;
	return [`${name} ${version}`, license, by].filter(Boolean).join(', ');
}

function textOf({ folder, name, license }) {
	const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
	if (!license && files.length === 0) throw new Error(`${name} has no licence: may it be bundled?`);
	return files.map((file) => read(join(folder, file)).trim()).join('\n\n');
}

const read = (file) => readFileSync(file, 'utf8');
