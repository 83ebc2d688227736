// Prints the milliseconds from the start of a PHP thread to its first answer, several times. Through the public API: a
// server with one thread and no socket, in a process in which PHP has been loaded and compiled already.
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../../../dist/index.js';
import { app, PHP_VERSION } from '../igor.mjs';

const STARTS = 6;

const boots = [];
for (let i = 0; i < STARTS; i++) {
	const started = performance.now();
	const server = await serve({ root: `${app}/public`, threads: 1, listen: false, php: PHP_VERSION, log: false });
	const text = await (await server.fetch('/hello.php')).text();
	boots.push(performance.now() - started);
	if (text !== 'Hello') throw new Error(`The server answered: ${text}`);
	// The spare boots too; it must not disturb the next start.
	await sleep(500);
	await server.close();
}
// The first one loaded PHP.
console.log(JSON.stringify(boots.slice(1)));
process.exit();
