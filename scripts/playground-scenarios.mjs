// Reads the scenarios of the playground: a folder each below playground/scenarios, in the order of order.json. What several have in
// common lies in folders of its own, which their descriptions name.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DESCRIPTION = 'scenario.json';

/** @returns all of them, as the type `Scenario` of the page says */
export function readScenarios(playground) {
	const folder = join(playground, 'scenarios');
	const order = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8'));
	return order.map((name) => {
		const { with: _, ...facts } = describe(folder, name);
		return { name, requests: [], ...facts, files: readScenarioFiles(folder, name) };
	});
}

/**
 * The files of one scenario: those of the folders that its description names by `with`, below its own.
 * @param folder the one with all scenarios
 */
export function readScenarioFiles(folder, name) {
	const below = (describe(folder, name).with ?? []).map((other) => readScenarioFiles(folder, other));
	return Object.assign({}, ...below, readFiles(join(folder, name), [DESCRIPTION]));
}

function describe(folder, name) {
	const file = join(folder, name, DESCRIPTION);
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Relative path → text, of all files below a folder. */
function readFiles(folder, without = []) {
	const files = {};
	for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		const name = path.slice(folder.length + 1).replaceAll('\\', '/');
		if (!without.includes(name)) files[name] = readFileSync(path, 'utf8');
	}
	return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
