// upstream-threads.mjs N: boots N further threads after a first one; prints their boots (ms) and what each takes (MB).
import { residentMegabytes } from '../resident.mjs';
import { startUpstream } from '../upstream.mjs';

const further = Number(process.argv[2]);
const RUNS = 300;

const first = await startUpstream();
await first.microsecondsPerRun(RUNS);
const before = residentMegabytes(process.pid);
const boots = [];
for (let i = 0; i < further; i++) {
	const thread = await startUpstream();
	boots.push(thread.milliseconds);
	await thread.microsecondsPerRun(RUNS);
}
console.log(JSON.stringify({ boots, megabytes: (residentMegabytes(process.pid) - before) / further }));
process.exit();
