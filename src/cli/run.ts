import { Command, CommanderError } from 'commander';
import { addBrowserBuild } from './browser-build-command.ts';
import { addCompletion } from './completion-command.ts';
import { addDoctor } from './doctor-command.ts';
import { addFmt } from './fmt-command.ts';
import { addHashPassword } from './hash-password-command.ts';
import { addInformation } from './information-commands.ts';
import { addInit } from './init-command.ts';
import { addPhpCli, separatePhpOptions } from './php-cli-command.ts';
import { addPhp } from './php-command.ts';
import { addPhpServer } from './php-server-command.ts';
import { addReload } from './reload-command.ts';
import { addRun } from './run-command.ts';
import { addSidekicks } from './sidekicks-command.ts';
import { addStart } from './start-command.ts';
import { addStop } from './stop-command.ts';
import { addValidate } from './validate-command.ts';
import { versionLine } from './version.ts';

/** Exit status when the command line itself is wrong: an unknown option, a missing argument. */
const USAGE = 2;

/**
 * Runs one command line to its end.
 *
 * @param args without the program's name
 * @param say writes an error to stderr
 * @returns the exit status: 0; 1 for a mistake in an option's value or a failure; 2 for wrong usage
 */
export async function runCli(
	args: readonly string[],
	say: (text: string) => void = (text) => process.stderr.write(text),
): Promise<number> {
	let status = 0;
	const program = new Command('igor')
		.description("PHP application server in WebAssembly, with FrankenPHP's application sidekicks")
		.version(versionLine(), '-v, --version', 'print the versions of Igor, PHP and Node.js')
		.enablePositionalOptions()
		.showHelpAfterError('(add --help for more information)')
		.exitOverride();
	const finish = (code: number): void => {
		status = code;
	};
	addPhpServer(program, finish);
	addRun(program, finish);
	addStart(program, finish);
	addReload(program, finish);
	addStop(program, finish);
	addSidekicks(program, finish);
	addValidate(program);
	addFmt(program, finish);
	addHashPassword(program);
	addInformation(program);
	addPhpCli(program, finish);
	addPhp(program, finish);
	addBrowserBuild(program);
	addInit(program);
	addDoctor(program, finish);
	program
		.command('version')
		.description('Print the versions of Igor, PHP and Node.js')
		.action(() => {
			process.stdout.write(`${versionLine()}\n`);
		});
	addCompletion(program);
	try {
		const [command, ...rest] = args;
		const given = command === 'php-cli' ? [command, ...separatePhpOptions(program, rest)] : args;
		await program.parseAsync(given, { from: 'user' });
		return status;
	} catch (error) {
		return report(error, say);
	}
}

/** The only place that turns errors into an exit status. */
function report(error: unknown, say: (text: string) => void): number {
	if (error instanceof CommanderError) {
		// Commander has already printed everything. Bare `igor` shows its help as an error.
		return error.exitCode === 0 ? 0 : USAGE;
	}
	say(`igor: ${isExpected(error) ? error.message : error instanceof Error ? error.stack : error}\n`);
	return 1;
}

/** Our own errors have a code and say everything; those of Node have codes like ENOENT and ERR_FOO. */
function isExpected(error: unknown): error is Error {
	if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return false;
	return !/^(?:E[A-Z0-9]+$|ERR_)/.test(error.code);
}
