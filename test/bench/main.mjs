// npm run bench [-- --json] [-- SECTION…]: Igor beside other things that can do the same, as ratios.
// Exits 0 whether targets are met or not: the figures are the result.
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { MOST_FOREIGN, watchForeign } from './foreign.mjs';
import { PHP_VERSION } from './igor.mjs';
import { formatTable, isMet, toJson } from './report.mjs';
import { cluster } from './sections/cluster.mjs';
import { commandLine } from './sections/command-line.mjs';
import { files } from './sections/files.mjs';
import { firstGetVars } from './sections/first-get-vars.mjs';
import { getVars } from './sections/get-vars.mjs';
import { hello } from './sections/hello.mjs';
import { interpreter } from './sections/interpreter.mjs';
import { librariesThatCompute } from './sections/libraries.mjs';
import { mediawiki } from './sections/mediawiki.mjs';
import { sockets } from './sections/sockets.mjs';
import { sqlite } from './sections/sqlite.mjs';
import { start } from './sections/start.mjs';
import { staticFiles } from './sections/static.mjs';
import { symfony } from './sections/symfony.mjs';
import { tasks } from './sections/tasks.mjs';
import { threads } from './sections/threads.mjs';
import { wake } from './sections/wake.mjs';
import { wordpress } from './sections/wordpress.mjs';

const sections = {
	hello,
	static: staticFiles,
	'get-vars': getVars,
	wake,
	'first-get-vars': firstGetVars,
	tasks,
	cluster,
	threads,
	start,
	'command-line': commandLine,
	interpreter,
	libraries: librariesThatCompute,
	sockets,
	files,
	sqlite,
	symfony,
	wordpress,
	mediawiki,
};

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.find((name) => !(name in sections));
if (unknown !== undefined) {
	console.error(`There is no section "${unknown}"; there are: ${Object.keys(sections).join(', ')}.`);
	process.exit(2);
}

const machine = `Node ${process.versions.node}, PHP ${PHP_VERSION}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}`;
const notes = [];
const foreign = [];
const rows = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
	process.stderr.write(`${name} …\n`);
	const foreignPercent = watchForeign();
	const section = await sections[name]();
	const percent = foreignPercent();
	foreign.push(`${name} ${percent ?? '?'} %`);
	rows.push(...section.rows.map((row) => ({ ...row, disturbed: percent > MOST_FOREIGN })));
	notes.push(...(section.notes ?? []));
}

notes.push(
	`processors' time taken by other programs meanwhile: ${foreign.join(', ')}; no verdict above ${MOST_FOREIGN} %`,
);
if (values.json) {
	console.log(JSON.stringify({ machine, notes, rows: toJson(rows) }, null, '\t'));
} else {
	console.log(`\n${machine}\n${notes.join('\n')}\n\n${formatTable(rows)}`);
	const missed = rows.filter((row) => isMet(row) === false).length;
	const unsure = rows.filter((row) => row.target && row.disturbed).length;
	console.log(`\n${rows.filter(isMet).length} targets met, ${missed} missed, ${unsure} without a verdict`);
}
process.exit();
