import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULTS } from '../config/defaults.ts';
import type { ListenAddress } from '../config/values.ts';
import { ListenError } from '../http/listen-error.ts';
import { codeCacheFolder } from '../platform/node/threads/code-cache.ts';
import { createOsLocks } from '../platform/node/threads/koffi-locks.ts';
import { type Finding, fail, note, ok } from './doctor-check.ts';

/** What a server takes without its PHP threads, bytes; measured, as docs/understand/performance.md has it. */
export const SERVER_MEMORY = 150e6;
/** What each PHP thread begins with, bytes. */
export const THREAD_MEMORY = 43e6;
const ANY_HOST = '0.0.0.0';

/** Node.js, and the part of WebAssembly that not every one has. */
export function checkNode(): Finding[] {
	const node = ok(`Node.js ${process.versions.node}, ${process.execPath}`);
	if ('Suspending' in WebAssembly) return [node, ok('JSPI: WebAssembly can wait for JavaScript')];
	return [
		node,
		fail(
			'JSPI is missing, so PHP cannot wait for anything; install Node.js 24.18 or newer, without options that turn it off',
		),
	];
}

/** The folders that a server writes to. @param data of certificates @param config of `run --resume` */
export function checkFolders(data: string, config: string): Finding[] {
	const cache = codeCacheFolder();
	const isOff = process.env.NODE_DISABLE_COMPILE_CACHE === '1';
	return [
		checkTemporary(tmpdir()),
		cache === undefined
			? note(
					isOff
						? 'Cache folder: NODE_DISABLE_COMPILE_CACHE turns it off, so each start takes longer'
						: 'Cache folder: it cannot be used, so each start takes longer; have XDG_CACHE_HOME name a folder that only you can write',
				)
			: ok(`Cache folder ${cache}`),
		checkLater(
			'Data',
			data,
			'certificates of HTTPS cannot be kept; have XDG_DATA_HOME name another, or use `storage` in the Caddyfile',
		),
		checkLater(
			'Configuration',
			config,
			'`igor run --resume` has nothing to go on with; have XDG_CONFIG_HOME name another',
		),
	];
}

function checkTemporary(folder: string): Finding {
	if (!existsSync(folder)) {
		return fail(`Temporary folder ${folder}: it does not exist; create it, or have TMPDIR name another`);
	}
	const problem = problemOfWriting(folder);
	if (problem === undefined) return ok(`Temporary folder ${folder}`);
	return fail(`Temporary folder ${folder}: it cannot be written (${problem}); have TMPDIR name another`);
}

/** A folder that is made when it is needed: what counts is the next one above that is there. */
function checkLater(name: string, folder: string, consequence: string): Finding {
	let there = folder;
	while (!existsSync(there)) there = dirname(there);
	const problem = problemOfWriting(there);
	if (problem === undefined) return ok(`${name} folder ${folder}`);
	return note(`${name} folder ${folder}: it cannot be written (${problem}), so ${consequence}`);
}

/** The system's name of it; undefined = it can be written. Leaves nothing behind. */
function problemOfWriting(folder: string): string | undefined {
	try {
		rmSync(mkdtempSync(join(folder, '.igor-doctor-')), { recursive: true });
		return undefined;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? 'unknown';
	}
}

/** Where a server would listen. @param listen what the user asks for; undefined = the default, which need not be free */
export async function checkPorts(
	listen: ListenAddress | undefined,
	usual: ListenAddress,
	admin: ListenAddress,
): Promise<Finding[]> {
	const asked = listen ?? usual;
	const found = [
		await checkPort(
			asked,
			'php-server',
			listen === undefined ? note : fail,
			'`--listen HOST:PORT` of `igor php-server` names another',
		),
		await checkPort(
			admin,
			'admin API',
			note,
			'is it the server that you want to look after? Else `admin off` in the global options of the Caddyfile, or `admin HOST:PORT`',
		),
	];
	for (const port of [DEFAULTS.httpPort, DEFAULTS.httpsPort]) {
		const hint = `only sites without a port in their address need it: write \`http://:${usual.port}\` instead`;
		found.push(await checkPort({ host: ANY_HOST, port }, port === DEFAULTS.httpPort ? 'HTTP' : 'HTTPS', note, hint));
	}
	return found;
}

async function checkPort(
	address: ListenAddress,
	use: string,
	bad: (text: string) => Finding,
	hint: string,
): Promise<Finding> {
	const server = createServer();
	try {
		server.listen({ ...address, exclusive: true });
		await once(server, 'listening');
		return ok(`${address.host}:${address.port} is free (${use})`);
	} catch (error) {
		const { message } = new ListenError(address, (error as NodeJS.ErrnoException).code ?? 'unknown');
		return bad(`${message.replace(/\.$/, '')} (${use}): ${hint}`);
	} finally {
		server.close();
	}
}

/** Whether locks hold between processes: one is really taken. */
export function checkLocks(): Finding {
	const locks = createOsLocks();
	const lacking = 'Locks of files (flock(), SQLite) hold among the PHP threads of one site only';
	if (locks === undefined) {
		const remedy =
			process.platform === 'linux' ? 'install the npm package koffi beside igor-php' : 'only Linux has more';
		return note(`${lacking}; ${remedy}`);
	}
	let folder: string | undefined;
	try {
		folder = mkdtempSync(join(tmpdir(), 'igor-doctor-'));
		const file = openSync(join(folder, 'lock'), 'w');
		try {
			if (locks.flock(file, 'exclusive') === 'granted') return ok('Locks of files hold between processes (koffi)');
			return note(`${lacking}: the file system of ${tmpdir()} refuses more`);
		} finally {
			closeSync(file);
		}
	} catch {
		return note(`Locks of files: not tried, as ${tmpdir()} cannot be written`);
	} finally {
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	}
}

/** What this process may have, a container's limit included, against what a server takes. */
export function checkMemory(available = process.availableMemory(), total = limitOf()): Finding {
	const threads = Math.floor((available - SERVER_MEMORY) / THREAD_MEMORY);
	const memory = `Memory: ${megabytes(available)} available of ${megabytes(total)}`;
	const wanted = DEFAULTS.threads + 1;
	if (threads < wanted) {
		return fail(
			`${memory}, and a server with ${DEFAULTS.threads} threads begins with ${megabytes(SERVER_MEMORY + wanted * THREAD_MEMORY)}; end other programs, or raise the limit of the container`,
		);
	}
	return ok(`${memory}, enough for ${threads} PHP threads before their scripts take some`);
}

function limitOf(): number {
	const limit = process.constrainedMemory();
	return limit > 0 && limit < totalmem() ? limit : totalmem();
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
