// Writes what the pages of docs/ say of the code: between <!-- generated: NAME --> and <!-- end -->. `npm run docs`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { directivesTable } from './directives.ts';
import { helpTexts } from './help.ts';
import { iniTable } from './ini.ts';
import { membersTable } from './members.ts';
import { metricsTable } from './metrics.ts';
import { stubTexts } from './stubs.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Reads a file of the repository. */
const source = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

/** What can be generated, by the names that the pages use. */
const PARTS: Readonly<Record<string, () => string | Promise<string>>> = {
	directives: directivesTable,
	help: () => helpTexts(`${ROOT}bin/igor.js`),
	ini: () => iniTable(source('php-runtime/php.ini')),
	metrics: metricsTable,
	options: () => membersTable(source('src/config/options.ts'), 'ServeOptions'),
	'worker options': () => membersTable(source('src/config/options.ts'), 'WorkerOption'),
	'background options': () => membersTable(source('src/config/options.ts'), 'BackgroundWorkerOption'),
	server: () => membersTable(source('src/application/server.ts'), 'Server'),
	control: () => membersTable(source('src/sidekicks/control.ts'), 'SidekickControl'),
	'browser options': () => membersTable(source('src/platform/browser/browser-server.ts'), 'BrowserServeOptions'),
	'browser server': () => membersTable(source('src/platform/browser/browser-server.ts'), 'BrowserServer'),
	'browser files': () => membersTable(source('src/platform/browser/browser-server.ts'), 'ServerFiles'),
	functions: () => stubTexts(source('php-runtime/stubs/frankenphp.stub.php')),
	'worker handle': () => stubTexts(source('php-runtime/stubs/worker-handle.stub.php')),
	'task handles': () => stubTexts(source('php-runtime/stubs/task-handles.stub.php')),
};

/**
 * The pages as the code would have them: path → text, of those that have a generated part.
 * @throws Error when a page names a part that there is not, or a part that no page has
 */
export async function generatedPages(): Promise<Map<string, string>> {
	const pages = new Map<string, string>();
	const missing = new Set(Object.keys(PARTS));
	for (const name of readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })) {
		if (!name.endsWith('.md')) continue;
		const path = `docs/${name}`;
		const pieces = source(path).split(/^(<!-- generated: .* -->\n)[\s\S]*?^(<!-- end -->)$/m);
		if (pieces.length === 1) continue;
		for (let at = 1; at < pieces.length; at += 3) {
			const [, part = ''] = /generated: (.*) -->/.exec(pieces[at] ?? '') ?? [];
			const make = PARTS[part];
			if (make === undefined) throw new Error(`${path} names '${part}', which no part of scripts/docs/ makes.`);
			pieces[at] += `\n${(await make()).trim()}\n\n`;
			missing.delete(part);
		}
		pages.set(path, pieces.join(''));
	}
	if (missing.size > 0) throw new Error(`No page of docs/ has: ${[...missing].join(', ')}.`);
	return pages;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	for (const [path, text] of await generatedPages()) writeFileSync(`${ROOT}${path}`, text);
}
