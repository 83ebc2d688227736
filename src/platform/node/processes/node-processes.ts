import type { ChildProcess, StdioOptions } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants as system } from 'node:os';
import path from 'node:path';
import type { EmscriptenFs } from '../../../php-thread/abi/emscripten.ts';
import type {
	Child,
	ChildDescriptor,
	ChildEvents,
	ProcessPort,
	Program,
} from '../../../php-thread/processes/process-port.ts';
import type { ConnectionEvents } from '../../../php-thread/sockets/network-port.ts';
import { NodeConnection } from '../network/node-network.ts';
import type { ChildTable } from './child-table.ts';

/** How the programs of a server are started; sent to its PHP threads. */
export type ProcessSettings = {
	/** Names, absolute paths, or `*`. */
	rules: readonly string[];
	/** The server's PATH, without folders in which PHP could put programs. */
	path: string;
	/** PHP itself: where PHP sees it, and the file of the host; undefined = it is not allowed. */
	php: { shown: string; file: string } | undefined;
	/** Files of programs that are named, so that PHP finds them. */
	shown: readonly string[];
	/** The command line: programs share its terminal and its stdin. Otherwise each has a session of its own. */
	interactive: boolean;
};

/** How long the rest of a program's output may arrive after its end, milliseconds. */
const LAST_OUTPUT = 200;
const SHELL = '/bin/sh';
const SHOWN_TEXT = '#!/bin/sh\n# A program of the host: exec() and proc_open() run it by this path.\n';

/** Child processes of Node on this thread's own event loop. */
export function createNodeProcesses(settings: ProcessSettings, table: ChildTable): ProcessPort {
	return {
		path: settings.path,
		shell: isExecutable(SHELL) ? SHELL : undefined,
		find: (name) => findProgram(name, settings.path),
		isSameFile,
		start: (program, events) => start(program, events, settings, table),
	};
}

/** The file that a name stands for in a PATH. */
export function findProgram(name: string, searchPath: string): string | undefined {
	return searchPath
		.split(path.delimiter)
		.map((folder) => path.join(folder, name))
		.find(isExecutable);
}

/** Whether there is a file that this process may execute. */
export function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return statSync(file).isFile();
	} catch {
		return false;
	}
}

/** Only the folders are resolved: a file's name may decide what it does (busybox). */
function isSameFile(one: string, other: string): boolean {
	if (path.basename(one) !== path.basename(other)) return false;
	try {
		return realpathSync(path.dirname(one)) === realpathSync(path.dirname(other));
	} catch {
		return false;
	}
}

function start(program: Program, events: ChildEvents, settings: ProcessSettings, table: ChildTable): Child {
	const entry = table.reserve();
	if (entry === undefined) throw Object.assign(new Error('Too many programs run.'), { code: 'EAGAIN' });
	const detached = !settings.interactive;
	// Loaded with the first process: most threads never start one.
	const { spawn } = process.getBuiltinModule('node:child_process');
	const child = spawn(program.file, program.args.slice(1), {
		argv0: program.args[0],
		cwd: program.folder,
		env: { ...program.env },
		stdio: stdio(program.descriptors, settings.interactive),
		detached,
	});
	const { pid } = child;
	// The spawn has failed, or a pipe has: pipes report their own errors.
	child.on('error', (error: NodeJS.ErrnoException) => events.failed(error.code ?? 'EIO'));
	if (pid === undefined) return { pid, open: notRunning, signal: () => false };
	table.note(entry, detached ? -pid : pid);
	const output = forwardOutput(child, program.descriptors, events);
	child.on('exit', (code, signal) => {
		table.clear(entry);
		const status = signal === null ? (code ?? 0) << 8 : system.signals[signal];
		void output.then(() => events.ended(status));
	});
	return {
		pid,
		open: (descriptor, connection) => openPipe(child.stdio[descriptor] as Socket, connection),
		signal: (number, group) => send(group && detached ? -pid : pid, number),
	};
}

function stdio(descriptors: ReadonlyMap<number, ChildDescriptor>, interactive: boolean): StdioOptions {
	const last = Math.max(...descriptors.keys());
	return Array.from({ length: last + 1 }, (_, number) => {
		const descriptor = descriptors.get(number) ?? { kind: 'null' };
		switch (descriptor.kind) {
			case 'file':
				return descriptor.descriptor;
			case 'pipe':
				return 'pipe';
			case 'output':
				// A command line's are PHP's, too: what both write stays in order, and a terminal is one.
				return interactive ? descriptor.stream : 'pipe';
			case 'input':
				return interactive ? 0 : 'ignore';
			default:
				return 'ignore';
		}
	});
}

/** Resolves after the end of the program, when its output has been passed on. */
function forwardOutput(
	child: ChildProcess,
	descriptors: ReadonlyMap<number, ChildDescriptor>,
	events: ChildEvents,
): Promise<unknown> {
	const streams: Promise<void>[] = [];
	for (const [number, descriptor] of descriptors) {
		if (descriptor.kind !== 'output') continue;
		const socket = child.stdio[number] as Socket | null;
		if (socket === null) continue;
		socket.on('data', (bytes: Uint8Array) => events.output(descriptor.stream, new Uint8Array(bytes)));
		socket.on('error', () => {});
		streams.push(new Promise((resolve) => socket.once('close', () => resolve())));
	}
	// A process that it left behind may keep them open.
	const late = new Promise((resolve) => child.once('exit', () => setTimeout(resolve, LAST_OUTPUT)));
	return Promise.race([Promise.all(streams), late]);
}

function openPipe(socket: Socket, events: ConnectionEvents): NodeConnection {
	const connection = new NodeConnection(socket, events);
	if (socket.readable) {
		socket.on('data', (bytes) => {
			if (connection.live && !events.data(bytes)) socket.pause();
		});
	}
	return connection;
}

function send(target: number, signal: number): boolean {
	try {
		process.kill(target, signal);
		return true;
	} catch {
		return false;
	}
}

function notRunning(): never {
	throw new Error('The program does not run.');
}

/**
 * Shows PHP a file where each allowed program is, and at PHP_BINARY, so that is_executable() is true: applications ask
 * that before they run one. What PHP writes there is never run.
 */
export function showPrograms(fs: EmscriptenFs, programs: readonly (string | undefined)[]): void {
	for (const file of programs) {
		if (file === undefined) continue;
		// In a folder that PHP sees it exists already: that one must stay as it is.
		if (fs.analyzePath(file).exists) continue;
		fs.mkdirTree(path.dirname(file));
		fs.writeFile(file, SHOWN_TEXT);
		fs.chmod(file, 0o555);
	}
}
