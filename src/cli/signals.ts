import { isatty } from 'node:tty';

const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;
/**
 * Two signals within this time are one, milliseconds: `timeout`, systemd and terminals send them to a whole group of
 * processes, and those before us in it (npm, the wrapper for other versions of Node.js) pass theirs on.
 */
const ONE_REQUEST = 500;

/**
 * Resolves with 0 at the first SIGINT or SIGTERM. A second one, half a second later or more, ends the process at once.
 */
export function stopSignal(): Promise<number> {
	return listen().stopped;
}

/**
 * `stopSignal()` for servers, which stop when their terminal is closed, too.
 *
 * @param reload what SIGHUP means otherwise; missing = the server has nothing to reload: it stops if it was started from a
 *   terminal, and goes on if not (`nohup`, a service)
 */
export function serverSignals(reload?: () => void): Promise<number> {
	const { stopped, stop } = listen();
	const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
	process.on('SIGHUP', () => {
		// The descriptor of a closed terminal is no longer a terminal's.
		if (terminals.some((descriptor) => !isatty(descriptor))) stop();
		else if (reload !== undefined) reload();
		else if (terminals.length > 0) stop();
	});
	return stopped;
}

/**
 * Ends the process when a server that was told to stop does not: nothing may keep it alive.
 *
 * @param milliseconds the longest that the stop may take
 */
export function endAfter(milliseconds: number): void {
	setTimeout(() => {
		process.stderr.write(
			`igor: The server has not stopped within ${Math.round(milliseconds / 1000)} s; it is ended.\n`,
		);
		process.exit(1);
	}, milliseconds).unref();
}

function listen(): { readonly stopped: Promise<number>; stop(): void } {
	const { promise, resolve } = Promise.withResolvers<number>();
	let first: number | undefined;
	const stop = (): void => {
		first ??= performance.now();
		resolve(0);
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			if (first !== undefined && performance.now() - first >= ONE_REQUEST) process.exit(EXIT_STATUS[signal]);
			stop();
		});
	}
	return { stopped: promise, stop };
}
