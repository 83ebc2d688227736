const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Resolves with 0 at the first SIGINT or SIGTERM. The second one ends the process at once.
 */
export function stopSignal(): Promise<number> {
	return new Promise((resolve) => {
		let seen = false;
		for (const signal of ['SIGINT', 'SIGTERM'] as const) {
			process.on(signal, () => {
				if (seen) process.exit(EXIT_STATUS[signal]);
				seen = true;
				resolve(0);
			});
		}
	});
}
