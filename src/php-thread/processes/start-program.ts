import { ERRNO, errnoOf } from '../abi/errno.ts';
import type { HostFiles } from '../files/host-files.ts';
import { S_IFIFO } from '../sockets/descriptors.ts';
import { Socket } from '../sockets/socket.ts';
import { AF_UNIX } from '../sockets/socket-addresses.ts';
import type { SocketParts } from '../sockets/socket-imports.ts';
import type { Children } from './children.ts';
import type { Redirection } from './command-line.ts';
import type { Permission } from './permission.ts';
import type { Child, ChildDescriptor, ProcessPort, Program } from './process-port.ts';
import { steersPrograms } from './program-environment.ts';
import { type DescriptorsFs, hostDescriptor, hostFolder, openForProgram } from './program-files.ts';
import { quote, RefusedError } from './refusal.ts';
import { planCommandLine } from './shell-script.ts';
import { DESCRIPTOR, NULL, PIPE_BOTH, PIPE_READ, PIPE_WRITE, SAME, type StartRequest } from './start-request.ts';

const O_CREAT = 0o100;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;
const O_WRONLY = 1;
const OPEN_FLAGS: Readonly<Record<Redirection['operator'], number>> = {
	'<': 0,
	'>': O_WRONLY | O_CREAT | O_TRUNC,
	'>>': O_WRONLY | O_CREAT | O_APPEND,
};
const DIRECTIONS = new Map([
	[PIPE_READ, 'read'],
	[PIPE_WRITE, 'write'],
	[PIPE_BOTH, 'both'],
] as const);
/** Of one argument, bytes: Linux would not take it behind `sh -c` either. */
const LONGEST_COMMAND_LINE = 128 * 1024 - 1;
const SHELL_MISSING = 'this system has no shell that could run it.';
/** What PHP says of a program that cannot be started, by the host's code. */
const REASONS: Readonly<Record<string, string>> = {
	ENOENT: 'No such file or directory',
	EACCES: 'Permission denied',
	E2BIG: 'Argument list too long',
	ENOEXEC: 'Exec format error',
	ENOTDIR: 'Not a directory',
	EMFILE: 'No file descriptors available',
	ENFILE: 'Too many open files in system',
	EAGAIN: 'Resource temporarily unavailable',
	ENOMEM: 'Out of memory',
};

/** What starting a program needs of the thread. */
export type Starting = {
	port: ProcessPort;
	permission: Permission;
	children: Children;
	sockets: SocketParts;
	/** Folders of the host. */
	files: HostFiles | undefined;
	fs(): DescriptorsFs;
	/** Output of a program that has nowhere else to go. */
	output(stream: number, bytes: Uint8Array): void;
	/** Hears warnings for the log. */
	warn(message: string): void;
};

/** What runs, and PHP's end of each pipe (or -1), in the order of the request. */
export type Started = { process: number; ends: number[] };

/**
 * Starts what PHP asks for. PHP thread.
 * @throws RefusedError with the sentence for PHP's warning
 */
export async function startProgram(request: StartRequest, starting: Starting): Promise<Started> {
	const { children, sockets } = starting;
	const opened: (() => void)[] = [];
	try {
		const program = prepare(request, starting, opened);
		const { child, ended } = await launch(program, starting);
		ended.tell = children.add(child);
		if (ended.status !== undefined) ended.tell(ended.status);
		const ends = request.descriptors.map(({ number, what }) => {
			if (!DIRECTIONS.has(what as typeof PIPE_READ)) return -1;
			const socket = Socket.connected(AF_UNIX, sockets.network, sockets.waiting.changed, (events) =>
				child.open(number, events),
			);
			return sockets.descriptors.open(socket, false, what === PIPE_BOTH ? undefined : S_IFIFO);
		});
		return { process: child.pid, ends };
	} finally {
		for (const close of opened) close();
	}
}

type Ended = { status: number | undefined; tell: ((status: number) => void) | undefined };

async function launch(
	program: Program,
	{ port, output, sockets }: Starting,
): Promise<{ child: Child & { pid: number }; ended: Ended }> {
	const ended: Ended = { status: undefined, tell: undefined };
	let failure: string | undefined;
	let child: Child;
	try {
		child = port.start(program, {
			ended: (status) => {
				ended.status = status;
				ended.tell?.(status);
			},
			failed: (code) => {
				failure = code;
				sockets.waiting.changed();
			},
			output,
		});
	} catch (error) {
		throw failed((error as { code?: string }).code ?? String(error));
	}
	if (child.pid === undefined) {
		await sockets.waiting.until(() => failure !== undefined, 1000);
		throw failed(failure ?? 'EIO');
	}
	return { child: child as Child & { pid: number }, ended };
}

function failed(code: string): RefusedError {
	return new RefusedError(`posix_spawn() failed: ${REASONS[code] ?? code}`);
}

function prepare(request: StartRequest, starting: Starting, opened: (() => void)[]): Program {
	const { permission, port } = starting;
	const fs = starting.fs();
	const [first = ''] = request.args;
	if (request.commandLine && first.length > LONGEST_COMMAND_LINE) throw failed('E2BIG');
	const shown = request.folder.startsWith('/') ? request.folder : `${fs.cwd()}/${request.folder}`;
	const folder = (path: string): string => {
		const found = hostFolder(starting.files, path);
		if (found !== undefined) return found;
		throw new RefusedError(`${quote(first)} was not run: the working directory ${path} is no folder that PHP sees.`);
	};
	const host = folder(shown);
	const env = environment(request, starting);
	const { descriptors, same } = childDescriptors(request, fs);
	let run: { file: string; args: readonly string[] };
	let script: string | undefined;
	if (!request.commandLine) {
		const allowed = permission.program(first, host);
		if (allowed === undefined) throw new RefusedError(permission.refusal(first, first, host));
		if (allowed.file === undefined) throw failed('ENOENT');
		run = { file: allowed.file, args: request.args };
	} else if (permission.shell) {
		run = shellFor(port, first);
	} else {
		const plan = planCommandLine(
			first,
			shown,
			permission,
			{ folder, open: (path, operator, from) => openFor(starting, path, operator, from, opened) },
			new Set(descriptors.keys()),
		);
		for (const [number, file] of plan.files) descriptors.set(number, file);
		Object.assign(env, plan.env);
		script = 'script' in plan.run ? plan.run.script : undefined;
		run = 'script' in plan.run ? shellFor(port, plan.run.script) : plan.run;
	}
	if (same.length > 0) {
		const links = same.map(({ number, target }) => `${number}>&${target}`).join(' ');
		if (Math.max(...same.flatMap(({ number, target }) => [number, target])) > 9) {
			throw new RefusedError('Descriptors above 9 cannot be redirected to each other.');
		}
		if (script !== undefined) run = shellFor(port, `exec ${links}; ${script}`);
		else {
			const { file, args } = shellFor(port, `exec "$0" "$@" ${links}`);
			run = { file, args: [...args, run.file, ...run.args.slice(1)] };
		}
	}
	return { ...run, env, folder: host, descriptors };
}

function shellFor(port: ProcessPort, script: string): { file: string; args: string[] } {
	if (port.shell === undefined) throw new RefusedError(`${quote(script)} was not run: ${SHELL_MISSING}`);
	return { file: port.shell, args: ['sh', '-c', script] };
}

/** What PHP passes; where not every program is allowed, without what could make one that is run another. */
function environment(request: StartRequest, { permission, port, warn }: Starting): Record<string, string> {
	const { php } = permission;
	const own = php === undefined ? '' : `${php.file.slice(0, php.file.lastIndexOf('/'))}:`;
	if (permission.anything) return { ...request.env, PATH: own + (request.env.PATH ?? port.path) };
	const kept = Object.entries(request.env).filter(([name]) => !steersPrograms(name));
	const dropped = Object.keys(request.env).filter((name) => steersPrograms(name) && name !== 'PATH');
	if (dropped.length > 0) {
		warn(
			`${quote(request.args[0] ?? '')} runs without ${dropped.join(', ')}: these can make a program run another one. ` +
				'It is passed when every program is allowed ("processes { allow * }").',
		);
	}
	return { ...Object.fromEntries(kept), PATH: own + port.path };
}

/** Those of the child, and those that are to be the same as others. */
function childDescriptors(
	request: StartRequest,
	fs: DescriptorsFs,
): { descriptors: Map<number, ChildDescriptor>; same: { number: number; target: number }[] } {
	const descriptors = new Map<number, ChildDescriptor>([
		[0, { kind: 'input' }],
		[1, { kind: 'output', stream: 1 }],
		[2, { kind: 'output', stream: 2 }],
	]);
	const same: { number: number; target: number }[] = [];
	for (const { number, what, value } of request.descriptors) {
		const direction = DIRECTIONS.get(what as typeof PIPE_READ);
		if (direction !== undefined) descriptors.set(number, { kind: 'pipe', direction });
		else if (what === NULL) descriptors.set(number, { kind: 'null' });
		else if (what === SAME) {
			const target = descriptors.get(value);
			if (target !== undefined && target.kind !== 'pipe') descriptors.set(number, target);
			else same.push({ number, target: value });
		} else if (what === DESCRIPTOR) {
			const found = hostDescriptor(fs, value);
			if (found === undefined) {
				throw new RefusedError(
					`Descriptor ${number} is a stream that cannot be passed to another program; use a pipe.`,
				);
			}
			descriptors.set(number, found);
		}
	}
	return { descriptors, same };
}

function openFor(
	{ files, fs }: Starting,
	path: string,
	operator: Redirection['operator'],
	folder: string,
	opened: (() => void)[],
): ChildDescriptor | string {
	const verb = operator === '<' ? 'open' : 'create';
	try {
		const absolute = path.startsWith('/') ? path : `${folder}/${path}`;
		const { descriptor, close } = openForProgram(files, fs(), absolute, OPEN_FLAGS[operator]);
		opened.push(close);
		return descriptor ?? `cannot ${verb} ${path}: Permission denied`;
	} catch (error) {
		const errno = errnoOfRefusal(error);
		if (errno === undefined) throw error;
		const reason =
			errno === ERRNO.ENOENT ? 'No such file' : errno === ERRNO.EISDIR ? 'Is a directory' : 'Permission denied';
		return `cannot ${verb} ${path}: ${reason}`;
	}
}

/** Of what the host or the glue refuses; undefined = it is a mistake of ours. */
function errnoOfRefusal(error: unknown): number | undefined {
	const { code, errno } = error as { code?: unknown; errno?: number };
	return typeof code === 'string' ? errnoOf(code) : errno;
}
