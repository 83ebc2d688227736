import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { parseListen } from '../config/values.ts';
import { CONSOLE, type InitAnswers, initFiles } from './init-files.ts';

interface Flags {
	yes?: boolean;
	listen: string;
	root: string;
	sidekick: string;
	admin?: string;
}

/** `igor init` cannot write a file, or not what it was told to. */
class InitError extends Error {
	override readonly name = 'InitError';
	readonly code = 'cannot_init';
}

/** Adds `igor init`. */
export function addInit(program: Command): void {
	program
		.command('init')
		.description('Write a small application with a sidekick; asks three questions, overwrites nothing')
		.argument('[dir]', 'the folder of the application', '.')
		.option('-y, --yes', 'ask nothing')
		.option('-l, --listen <host:port>', 'address of the server', listenAddress, DEFAULTS.listen)
		.option('-r, --root <dir>', 'folder of the pages', rootFolder, 'public')
		.option('--sidekick <name>', 'name of the sidekick', sidekickName, 'clock')
		.option(
			'--admin <host:port>',
			"address of the admin API, or 'off' (default: Caddy's, which needs no line)",
			adminAddress,
		)
		.action((dir: string, flags: Flags) => init(dir, flags));
}

async function init(dir: string, { yes = false, ...flags }: Flags): Promise<void> {
	const folder = resolve(dir);
	refuseExisting(folder, initFiles(answersOf(flags)));
	if (!yes && !(process.stdin.isTTY && process.stdout.isTTY)) {
		throw new InitError('There is no terminal to ask on; add --yes to take what --help shows.');
	}
	const answers = answersOf(yes ? flags : await ask(flags));
	const files = initFiles(answers);
	// Once more: the answers name other files.
	refuseExisting(folder, files);
	for (const [name, text] of files) write(join(folder, name), text, name === CONSOLE ? 0o755 : 0o644);
	const there = dir === '.' ? '' : `cd ${/^[\w./-]+$/.test(dir) ? dir : `'${dir.replaceAll("'", "'\\''")}'`} && `;
	process.stdout.write(`Wrote ${[...files.keys()].join(', ')}\n`);
	process.stdout.write(`Run it: ${there}npx igor run, and open http://${shownHost(answers.host)}:${answers.port}/\n`);
}

function answersOf({ listen, root, sidekick, admin }: Omit<Flags, 'yes'>): InitAnswers {
	return { ...parseListen(listen), root, sidekick, admin };
}

/** The three questions. A wrong answer is said to be wrong, and asked for again. */
async function ask(flags: Omit<Flags, 'yes'>): Promise<Omit<Flags, 'yes'>> {
	const { createInterface } = await import('node:readline/promises');
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const closed = new Promise<never>((_resolve, reject) => {
		terminal.once('close', () => reject(new InitError('Nothing was written.')));
	});
	const question = async (text: string, preset: string, check: (answer: string) => string): Promise<string> => {
		for (;;) {
			const answer = await Promise.race([terminal.question(`${text} [${preset}]: `), closed]);
			try {
				return check(answer.trim() || preset);
			} catch (error) {
				process.stdout.write(`${(error as Error).message}\n`);
			}
		}
	};
	try {
		return {
			...flags,
			listen: await question('Address', flags.listen, listenAddress),
			root: await question('Folder of the pages', flags.root, rootFolder),
			sidekick: await question('Name of the sidekick', flags.sidekick, sidekickName),
		};
	} finally {
		closed.catch(() => {});
		terminal.close();
	}
}

/** @throws InitError before anything is written */
function refuseExisting(folder: string, files: ReadonlyMap<string, string>): void {
	for (const name of files.keys()) {
		const file = join(folder, name);
		if (lstatSync(file, { throwIfNoEntry: false }) === undefined) continue;
		throw new InitError(`${file} is there already, and init overwrites nothing; name another folder: igor init DIR.`);
	}
}

function write(file: string, text: string, mode: number): void {
	try {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text, { flag: 'wx', mode });
	} catch (error) {
		throw new InitError(`${file} cannot be written (${(error as Error).message}); check the path.`);
	}
}

function listenAddress(text: string): string {
	const { port } = parseListen(text);
	if (port > 0) return text;
	throw new InitError(`Port 0 of ${text} is another one at each start; name a port.`);
}

function adminAddress(text: string): string {
	if (text !== 'off') parseListen(text);
	return text;
}

/** Below the application's folder and beside its other files: what lies in it is served. */
function rootFolder(text: string): string {
	const root = text.replace(/\/+$/, '');
	const parts = root.split('/');
	if (parts.every((part) => /^\w[\w.-]*$/.test(part)) && parts[0] !== dirname(CONSOLE)) return root;
	throw new InitError(
		`--root ${text} has to be a folder of its own in the application, such as public: what lies in it is served.`,
	);
}

function sidekickName(text: string): string {
	if (/^[a-z][\w-]*$/i.test(text)) return text;
	throw new InitError(`--sidekick ${text} has to be a name of letters, digits, - and _, such as clock.`);
}

/** Where a browser on this machine finds a server that listens there. */
function shownHost(host: string): string {
	if (host === '0.0.0.0' || host === '::') return 'localhost';
	return host.includes(':') ? `[${host}]` : host;
}
