/** The longest part of a command line that a sentence repeats, characters. */
const LONGEST = 80;

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

/** The base name of the program that a command line begins with, as far as one can tell. */
function programOf(command: string): string {
	const first = /^\s*(?:exec\s+)?['"]?([^\s'"]+)/.exec(command)?.[1] ?? '';
	return first.replace(/^.*\//, '') || 'NAME';
}
