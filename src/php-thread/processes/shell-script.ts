import { type Command, parseCommandLine, type Redirection } from './command-line.ts';
import type { Permission } from './permission.ts';
import type { ChildDescriptor } from './process-port.ts';
import { steersPrograms } from './program-environment.ts';
import { quote, RefusedError } from './refusal.ts';
import { NeedsShellError } from './shell-tokens.ts';

/** What a command line asks of PHP's files. Paths are PHP's, relative ones belong to `folder`. */
export type CommandFiles = {
	/** The host's path of a folder. @throws RefusedError when PHP does not see it */
	folder(path: string): string;
	/** Opens a file as sh would. A text = what sh would say of it; it has not been opened. */
	open(path: string, operator: Redirection['operator'], folder: string): ChildDescriptor | string;
};

/** What is run for a command line. */
export type Plan = {
	/** The program itself, or the script of a shell. */
	run: { file: string; args: string[] } | { script: string };
	env: Record<string, string>;
	/** Open files that the script names by these numbers. */
	files: Map<number, ChildDescriptor>;
};

/** The shell understands one digit. */
const LAST_DESCRIPTOR = 9;

/**
 * Decides what is run for a command line when only some programs are allowed. Each of them is checked. A single program
 * is run as it is; for pipes, lists and redirections sh gets a script in which every word is quoted and every program is
 * a path: there is nothing in it that a shell could take for more.
 * @param folder where it runs, as PHP sees it
 * @param taken descriptors of the child that mean something already
 * @throws RefusedError
 */
export function planCommandLine(
	line: string,
	folder: string,
	permission: Permission,
	files: CommandFiles,
	taken: ReadonlySet<number>,
): Plan {
	return new Planning(line, folder, permission, files, taken).plan();
}

class Planning {
	readonly #line: string;
	#folder: string;
	readonly #permission: Permission;
	readonly #files: CommandFiles;
	readonly #taken: Set<number>;
	readonly #plan: Plan = { run: { script: '' }, env: {}, files: new Map() };
	/** What sh would have said of a file that cannot be opened. */
	#complaint: string | undefined;

	constructor(line: string, folder: string, permission: Permission, files: CommandFiles, taken: ReadonlySet<number>) {
		this.#line = line;
		this.#folder = folder;
		this.#permission = permission;
		this.#files = files;
		this.#taken = new Set([0, 1, 2, ...taken]);
	}

	plan(): Plan {
		const pipelines = this.#parsed();
		const real = pipelines.filter(({ commands: [first] }) => first?.words[0] !== 'cd');
		let script = '';
		for (const { after, commands } of pipelines) {
			const parts = commands.map((command) => this.#command(command, commands.length === 1, real.length === 1));
			script += `${after === undefined ? '' : ` ${after} `}${parts.join(' | ')}`;
		}
		const [only] = pipelines[0]?.commands ?? [];
		const single = pipelines.length === 1 && pipelines[0]?.commands.length === 1 ? only : undefined;
		const program = single && this.#simple(single);
		if (this.#complaint !== undefined) script = `echo ${quoteWord(`sh: 1: ${this.#complaint}`)} >&2; exit 2`;
		this.#plan.run = program ?? { script };
		return this.#plan;
	}

	#parsed(): ReturnType<typeof parseCommandLine> {
		try {
			return parseCommandLine(this.#line);
		} catch (error) {
			if (!(error instanceof NeedsShellError)) throw error;
			throw this.#needsShell(error.message);
		}
	}

	/** A program that needs no shell. */
	#simple({ words, redirections, assignments }: Command): { file: string; args: string[] } | undefined {
		const args = words[0] === 'exec' ? words.slice(1) : words;
		const [name] = args;
		if (name === undefined || redirections.length > 0 || isBuiltin(args)) return undefined;
		const file = this.#permission.program(name, this.#files.folder(this.#folder))?.file;
		if (file === undefined) return undefined;
		for (const { name, value } of assignments) this.#plan.env[name] = value;
		return { file, args };
	}

	/** One command as a part of the script. */
	#command(command: Command, alone: boolean, onlyPipeline: boolean): string {
		const parts: string[] = [];
		for (const { name, value } of command.assignments) {
			if (!this.#permission.anything && steersPrograms(name)) {
				throw new RefusedError(
					`${quote(this.#line)} was not run: it sets ${name}, by which a program can be made to run another one.`,
				);
			}
			parts.push(`${name}=${quoteWord(value)}`);
		}
		parts.push(...this.#words(command, alone));
		for (const { descriptor, operator, target } of command.redirections) {
			const sign = operator === '<' ? '<' : '>';
			if (target === 'close') parts.push(`${descriptor}${sign}&-`);
			else if ('descriptor' in target) parts.push(`${descriptor}${sign}&${target.descriptor}`);
			else if (target.path === '/dev/null') parts.push(`${descriptor}${operator}/dev/null`);
			else {
				if (!onlyPipeline) throw this.#needsShell('a redirection to a file in a list of commands');
				parts.push(`${descriptor}${sign}&${this.#open(target.path, operator)}`);
			}
		}
		return parts.join(' ');
	}

	#words({ words, assignments }: Command, alone: boolean): string[] {
		if (isBuiltin(words)) {
			const [builtin, ...args] = words as [string, ...string[]];
			if (builtin !== 'cd') return [builtin, ...args.map(quoteWord)];
			if (!alone || assignments.length > 0) throw this.#needsShell("'cd' in a pipeline");
			const folder = args[0] as string;
			this.#folder = folder.startsWith('/') ? folder : `${this.#folder}/${folder}`;
			return ['cd', quoteWord(this.#files.folder(this.#folder))];
		}
		const prefix = words[0] === 'exec' && words.length > 1 ? ['exec'] : [];
		const [name = '', ...args] = words.slice(prefix.length);
		const folder = this.#files.folder(this.#folder);
		const allowed = this.#permission.program(name, folder);
		if (allowed === undefined) throw new RefusedError(this.#permission.refusal(this.#line, name, folder));
		// A program that is not there: sh says so.
		return [...prefix, quoteWord(allowed.file ?? name), ...args.map(quoteWord)];
	}

	/** The number of a descriptor that is the open file. */
	#open(path: string, operator: Redirection['operator']): number {
		const opened = this.#files.open(path, operator, this.#folder);
		if (typeof opened === 'string') {
			this.#complaint ??= opened;
			return 0;
		}
		for (let number = 3; number <= LAST_DESCRIPTOR; number++) {
			if (this.#taken.has(number)) continue;
			this.#taken.add(number);
			this.#plan.files.set(number, opened);
			return number;
		}
		throw this.#needsShell('so many redirections');
	}

	#needsShell(what: string): RefusedError {
		return new RefusedError(
			`${quote(this.#line)} was not run because of ${what}: that takes a shell, which could run any program. ` +
				'Allow it with "processes { allow sh }" in php_server, --allow-process sh, or serve()\'s option processes.',
		);
	}
}

/** What sh does by itself, in the forms that harm nobody. */
function isBuiltin([name, ...args]: readonly string[]): boolean {
	if (name === 'cd') return args.length === 1 && !args[0]?.startsWith('-') && args[0] !== '';
	if (name === 'exit') return args.length === 0 || (args.length === 1 && /^\d{1,3}$/.test(args[0] ?? ''));
	if (name !== 'command' || args[0] !== '-v') return false;
	const asked = args[1] === '--' ? args.slice(2) : args.slice(1);
	return asked.length === 1 && /^[\w.+-]+$/.test(asked[0] ?? '');
}

/** A word that a shell takes as it is. */
function quoteWord(word: string): string {
	return `'${word.replaceAll("'", "'\\''")}'`;
}
