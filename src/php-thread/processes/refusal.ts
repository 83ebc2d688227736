/** The longest part of a command line that a sentence repeats, characters. */
const LONGEST = 80;

/** Why a program is not run; the message is for PHP's warning. */
export class RefusedError extends Error {}

/** Why the last program was not run, until somebody asks. PHP thread. */
export class Refusals {
	readonly #refused: (message: string) => void;
	#last = '';

	/** @param refused hears of each */
	constructor(refused: (message: string) => void) {
		this.#refused = refused;
	}

	note(message: string): void {
		this.#last = message;
		this.#refused(message);
	}

	/** The sentence, once; '' = there is none. */
	take(): string {
		const last = this.#last;
		this.#last = '';
		return last;
	}
}

/** Why a program is not run when PHP may run none. */
export function refusalWithoutPermission(command: string): string {
	const program = programOf(command);
	return (
		`${quote(command)} was not run: PHP may run no programs here. Allow it with "processes { allow ${program} }" in ` +
		`php_server, --allow-process ${program}, or serve()'s option processes.`
	);
}

/** A command line as a sentence shows it. */
export function quote(command: string): string {
	return `"${command.length > LONGEST ? `${command.slice(0, LONGEST)}…` : command}"`;
}

/** The base name of the program that a command line begins with, as far as can be told. */
function programOf(command: string): string {
	const first = /^\s*(?:exec\s+)?['"]?([^\s'"]+)/.exec(command)?.[1] ?? '';
	return first.replace(/^.*\//, '') || 'NAME';
}
