const STDERR = 2;

/** Writes to this process's stdout (1) or stderr (2). */
export function writeOutput(stream: number, bytes: Uint8Array): void {
	(stream === STDERR ? process.stderr : process.stdout).write(bytes);
}
