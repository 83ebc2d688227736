// `node test/soak/task-memory.mjs [--tasks 1000000] [WAY…]`: tasks that end in every way, and what is left of them: a row per
// tenth, with what PHP, its WebAssembly memory and shared memory hold, and what JavaScript holds in the end. Exit 1 when any
// of it grows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import workerThreads from 'node:worker_threads';
import { CHUNK_BYTES, SLOTS } from '../../src/shared-memory/task-layout.ts';
import { FREE, stateOf } from '../../src/shared-memory/task-states.ts';
import { TaskTable } from '../../src/shared-memory/task-table.ts';
import { ThreadCell } from '../../src/shared-memory/thread-cell.ts';
import { RECEIVER, SENDER, WAYS } from '../tasks/memory-scripts.ts';
import { residentMegabytes } from './resident.mjs';

const { values, positionals } = parseArgs({
	options: { tasks: { type: 'string', default: '1000000' } },
	allowPositionals: true,
});
const TASKS = Number(values.tasks);
const ways = positionals.length > 0 ? positionals : WAYS;
const ROWS = 10;
/** Tasks that fill caches and pools, and have code compiled. */
const WARM_UP = 5000;

/** The threads of PHP, with the buffers that they got. */
const threads = [];
workerThreads.Worker = class extends workerThreads.Worker {
	constructor(file, options) {
		super(file, options);
		if (options?.workerData?.buffers) threads.push({ worker: this, buffers: options.workerData.buffers });
		this.on('exit', () => threads.splice(0, threads.length, ...threads.filter(({ worker }) => worker !== this)));
	}
	postMessage(data, ...more) {
		if (data?.buffers) threads.push({ worker: this, buffers: data.buffers });
		super.postMessage(data, ...more);
	}
};
syncBuiltinESMExports();
const { serve } = await import('igor-php');

const folder = mkdtempSync(join(tmpdir(), 'igor-tasks-'));
writeFileSync(join(folder, 'receiver.php'), RECEIVER);
writeFileSync(join(folder, 'sender.php'), SENDER);
const server = await serve({
	root: folder,
	listen: false,
	threads: 1,
	workers: [{ file: join(folder, 'sender.php'), num: 1 }],
	backgroundWorkers: [{ name: 'receiver', file: join(folder, 'receiver.php') }],
});
const failures = [];

/** What is left, with a rate. */
async function send(way, count) {
	const response = await server.fetch(`/sender.php?way=${way}&count=${count}&bytes=170`);
	const text = await response.text();
	if (!response.ok) throw new Error(`${way}: ${response.status} ${text}`);
	const { perSecond, mine, theirs } = JSON.parse(text);
	const { tasks } = threads[0].buffers.board;
	const { slots } = new TaskTable(tasks);
	const words = Array.from({ length: slots.used }, (_, slot) => slots.word(slot));
	return {
		'tasks/s': Math.round(perSecond),
		'PHP sender': mine,
		'PHP receiver': theirs,
		WebAssembly: threads.reduce((sum, thread) => sum + new ThreadCell(thread.buffers.cell).memory, 0),
		'shared bytes': tasks.data.byteLength,
		'chunks held': slots.memory.owned,
		'slots held': words.filter((word) => stateOf(word) !== FREE).length,
		'resident MB': Math.round(residentMegabytes(process.pid)),
	};
}

/** Bytes that JavaScript holds: taking a snapshot of a heap collects its garbage first. */
async function javaScript() {
	let bytes = 0;
	for (const { worker } of threads) {
		(await worker.getHeapSnapshot()).destroy();
		bytes += (await worker.getHeapStatistics()).used_heap_size;
	}
	return bytes;
}

/** How much of it may come and go; what is not here, a thousandth. */
const NOISE = {
	'tasks/s': Infinity,
	'chunks held': 0,
	'slots held': 0,
	// The memory of as many tasks as there may be at a time.
	'shared bytes': SLOTS * CHUNK_BYTES,
	// With JavaScript's garbage, which is collected when V8 likes.
	'resident MB': Infinity,
	JavaScript: 1e6,
};

function compare(way, early, late) {
	for (const [what, value] of Object.entries(late)) {
		if (value > early[what] + (NOISE[what] ?? early[what] / 1000)) {
			failures.push(`${way}: ${what} grew from ${early[what]} to ${value}.`);
		}
	}
}

for (const way of ways) await send(way, WARM_UP);
const before = { JavaScript: await javaScript() };
for (const way of ways) {
	const rows = [];
	for (let row = 0; row < ROWS; row++) rows.push(await send(way, Math.ceil(TASKS / ROWS)));
	console.log(`\n${way}: ${TASKS} tasks`);
	console.table(rows);
	compare(way, rows[1], rows.at(-1));
}
const after = { JavaScript: await javaScript() };
console.log(`\nJavaScript holds ${before.JavaScript} bytes before, ${after.JavaScript} after.`);
compare('all', before, after);
await server.close();
rmSync(folder, { recursive: true, force: true });
console.log(failures.length > 0 ? failures.join('\n') : 'Memory is flat.');
process.exit(failures.length > 0 ? 1 : 0);
