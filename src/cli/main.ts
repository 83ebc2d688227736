import { setFlagsFromString } from 'node:v8';
import { runCli } from './run.ts';

/** What a shell reports of a program that SIGPIPE ended; Node turns the signal into an error. */
const BROKEN_PIPE = 141;

// For threads that start from now on, PHP's: the engine itself makes no code from text. A program that uses the library may
// need that on threads of its own, so there it is the thread that gives it up; see no-new-code.ts.
setFlagsFromString('--disallow-code-generation-from-strings');

// The reader has gone (`igor php-cli … | head`): there is nobody left to write for.
for (const stream of [process.stdout, process.stderr]) {
	stream.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
		throw error;
	});
}

const status = await runCli(process.argv.slice(2));
// A pipe whose reader is slow still holds output; exit() would drop it.
await Promise.all(
	[process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
);
// exit(), because a thread that hangs must not keep the process of a server that is closed.
process.exit(status);
