import { NeedsShellError, type Operator, readShellTokens, type Token } from './shell-tokens.ts';

/** A command line: pipelines, one after another. Words are free of quotes. */
export type CommandLine = Pipeline[];
/** `after`: the operator before it; the first has none. */
export type Pipeline = { after: '&&' | '||' | ';' | undefined; commands: Command[] };
export type Command = {
	assignments: { name: string; value: string }[];
	words: string[];
	redirections: Redirection[];
};
/** The target of `2>&1` is the descriptor 1, of `2>&-` 'close', of `> f` a path. */
export type Redirection = {
	descriptor: number;
	operator: '<' | '>' | '>>';
	target: { path: string } | { descriptor: number } | 'close';
};

/** What sh takes for a keyword where a command begins. */
const RESERVED = new Set(
	'! { } case do done elif else esac fi for function if in select then time until while coproc [['.split(' '),
);
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;
const REDIRECTIONS = ['<', '>', '>>', '<&', '>&'];

/**
 * Reads a command line as sh would, as far as programs, arguments, pipes, lists and redirections go.
 * @throws NeedsShellError for everything else, so that nothing means more to sh than it does here
 */
export function parseCommandLine(text: string): CommandLine {
	return new Parser(readShellTokens(text)).line();
}

class Parser {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(tokens: readonly Token[]) {
		this.#tokens = tokens;
	}

	line(): CommandLine {
		const pipelines: Pipeline[] = [];
		let after: Pipeline['after'];
		this.#skipNewlines();
		for (;;) {
			pipelines.push({ after, commands: this.#pipeline() });
			const between = this.#operator()?.text;
			if (between === '&&' || between === '||') {
				after = between;
				this.#at++;
				this.#skipNewlines();
			} else {
				after = ';';
				if (between !== undefined) this.#at++;
				this.#skipNewlines();
				if (this.#at === this.#tokens.length) return pipelines;
			}
		}
	}

	#pipeline(): Command[] {
		const commands = [this.#command()];
		while (this.#operator()?.text === '|') {
			this.#at++;
			this.#skipNewlines();
			commands.push(this.#command());
		}
		return commands;
	}

	#command(): Command {
		const command: Command = { assignments: [], words: [], redirections: [] };
		for (;;) {
			const token = this.#tokens[this.#at];
			if (token?.kind === 'word') this.#word(command);
			else if (token !== undefined && REDIRECTIONS.includes(token.text)) this.#redirection(command, undefined);
			else break;
		}
		if (command.words.length > 0) return command;
		throw new NeedsShellError(
			command.assignments.length > 0 ? 'an assignment without a command' : 'something that is not a command',
		);
	}

	#word(command: Command): void {
		const token = this.#tokens[this.#at++];
		if (token?.kind !== 'word') return;
		const { text, plain } = token;
		const next = this.#operator();
		if (next?.adjoins && REDIRECTIONS.includes(next.text) && plain === text.length && /^\d+$/.test(text)) {
			this.#redirection(command, Number(text));
			return;
		}
		const [start, name = ''] = (command.words.length === 0 && ASSIGNMENT.exec(text)) || [];
		if (start !== undefined && plain >= start.length) {
			if (text.slice(start.length, plain).startsWith('~') || /:~/.test(text.slice(start.length))) {
				throw new NeedsShellError("the home directory ('~')");
			}
			command.assignments.push({ name, value: text.slice(start.length) });
			return;
		}
		if (command.words.length === 0 && plain === text.length && RESERVED.has(text)) {
			throw new NeedsShellError(`the shell's word '${text}'`);
		}
		command.words.push(text);
	}

	#redirection(command: Command, number: number | undefined): void {
		const { text } = this.#tokens[this.#at++] as Operator;
		const target = this.#tokens[this.#at++];
		if (target?.kind !== 'word') throw new NeedsShellError('a redirection without a target');
		const operator = text === '>>' ? '>>' : text.startsWith('<') ? '<' : '>';
		const descriptor = number ?? (operator === '<' ? 0 : 1);
		if (descriptor > 9) throw new NeedsShellError('a descriptor above 9');
		if (!text.endsWith('&')) command.redirections.push({ descriptor, operator, target: { path: target.text } });
		else if (target.text === '-') command.redirections.push({ descriptor, operator, target: 'close' });
		else if (/^\d$/.test(target.text)) {
			command.redirections.push({ descriptor, operator, target: { descriptor: Number(target.text) } });
		} else throw new NeedsShellError(`'${text}${target.text}'`);
	}

	#operator(): Operator | undefined {
		const token = this.#tokens[this.#at];
		return token?.kind === 'operator' ? token : undefined;
	}

	#skipNewlines(): void {
		while (this.#operator()?.text === '\n') this.#at++;
	}
}
