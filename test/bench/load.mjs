// The load generator: wrk when it is installed, else autocannon, each in a process of its own.
import { fileURLToPath } from 'node:url';
import { run, which } from './children.mjs';

const CONNECTIONS = 32;
const wrk = which('wrk');

export const generator = generatorWith(CONNECTIONS);

/** What makes the load, for a note. */
export function generatorWith(connections) {
	return `${wrk ? 'wrk' : 'autocannon'}, ${connections} kept-alive connections`;
}

/** Requests per second that `url` answers. Throws when one of them failed. */
export async function requestsPerSecond(url, seconds, connections = CONNECTIONS) {
	return wrk ? byWrk(url, seconds, connections) : byAutocannon(url, seconds, connections);
}

async function byWrk(url, seconds, connections) {
	const report = await run(wrk, ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', url]);
	const failures = /Non-2xx.*/.exec(report);
	// "read" errors are how wrk counts a server that closes after each answer, as php -S does.
	const errors = /Socket errors: connect (\d+), read \d+, write (\d+), timeout (\d+)/.exec(report);
	if (failures || errors?.slice(1).some((count) => count !== '0')) throw new Error(`${url}: ${failures ?? errors[0]}`);
	return Number(/Requests\/sec:\s+([\d.]+)/.exec(report)[1]);
}

async function byAutocannon(url, seconds, connections) {
	const program = fileURLToPath(new URL('programs/autocannon.mjs', import.meta.url));
	const { requests, non2xx, errors } = JSON.parse(await run(process.execPath, [program, url, connections, seconds]));
	if (non2xx > 0) throw new Error(`${url}: ${non2xx} answers with an error, ${errors} connections failed`);
	return requests;
}
