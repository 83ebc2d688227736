import { runCli } from './run.ts';

/** What a shell reports of a program that SIGPIPE ended; Node turns the signal into an error. */
const BROKEN_PIPE = 141;

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
