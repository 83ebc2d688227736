// Reads the scenarios of the playground: a folder each below playground/scenarios, in the order of order.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns all of them, as the type `Scenario` of the page says */
export function readScenarios(playground) {
	const folder = join(playground, 'scenarios');
	if (!existsSync(join(folder, 'order.json'))) return [demo(playground)];
	const order = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8'));
	return order.map((name) => {
		const place = join(folder, name);
		const facts = JSON.parse(readFileSync(join(place, 'scenario.json'), 'utf8'));
		return { name, requests: [], ...facts, files: readFiles(place, ['scenario.json']) };
	});
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

/** The demo app of `npm start`, while there are no scenarios. */
function demo(playground) {
	return {
		name: 'demo',
		title: 'The demo app',
		watch:
			'Two sidekicks run beside this app, each on a thread of its own, and publish what they see. Edit config/flags.json, and the next request has the new flags.',
		settings: {
			root: 'public',
			workers: [{ file: 'public/index.php', num: 2 }],
			threads: 2,
			sidekickEntrypoint: 'bin/console',
			timeLimit: 10,
			stopTimeout: 5000,
		},
		open: 'config/flags.json',
		requests: [
			{ label: 'The page, from a worker', method: 'GET', path: '/', body: '' },
			{ label: 'JSON', method: 'GET', path: '/?json', body: '' },
			{ label: 'Classic', method: 'GET', path: '/classic.php', body: '' },
		],
		load: { path: '/?json', perSecond: 20 },
		files: readFiles(join(playground, 'app')),
	};
}
