import { tell } from '../platform/node/operations/write-all.ts';
import { processFlags, setEngineFlags } from '../platform/node/threads/engine-flags.ts';
import { within } from '../time/within.ts';
import { runCli } from './run.ts';
import { boundYoungObjects } from './young-objects.ts';

/** What a shell reports for a program ended by SIGPIPE or SIGHUP; Node turns the first into an error. */
const BROKEN_PIPE = 141;
const HUNG_UP = 129;
/** How long a server that has stopped waits for the reader of its output, milliseconds. */
const LAST_WAIT = 500;
const STDERR = 2;

const args = process.argv.slice(2);
// Others are there for their output; a server goes on without a reader.
const isServer = args[0] === 'run' || args[0] === 'php-server';

// Before any thread starts. That of php-cli sets them itself: see beginOnlyThread().
if (args[0] !== 'php-cli') setEngineFlags(processFlags());
if (isServer) boundYoungObjects();

// PHP writes to stdout and stderr itself. Node, once asked for them, would make them non-blocking, for everybody who has them.
const status = isPhp(args[0]) ? await runCli(args, (text) => tell(STDERR, text)) : await runWithOutputs();
// exit(), because a hanging thread must not keep the process of a closed server alive.
process.exit(status);

function isPhp(command: string | undefined): boolean {
	return command === 'php-cli' || command === 'php';
}

async function runWithOutputs(): Promise<number> {
	for (const stream of [process.stdout, process.stderr]) {
		stream.on('error', (error: NodeJS.ErrnoException) => {
			if (isServer) return;
			// The reader (`igor adapt | head`) or the terminal is gone: there is nobody left to write for.
			if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
			if (error.code === 'EIO') process.exit(HUNG_UP);
			throw error;
		});
	}
	const status = await runCli(args);
	// A pipe whose reader is slow still holds output; exit() would drop it.
	const written = Promise.all(
		[process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))),
	);
	await (isServer ? within(LAST_WAIT, written) : written);
	return status;
}
