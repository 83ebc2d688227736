/** A listing that no test runs, and why. */
export interface NotRun {
	readonly page: string;
	/** Its title, or without one its first line. */
	readonly listing: string;
	readonly reason: string;
}

/** The one list of what the pages show and no test runs. */
export const NOT_RUN: readonly NotRun[] = [
	{
		page: 'docs/guides/systemd.md',
		listing: 'systemctl daemon-reload',
		reason: 'changes the machine; the unit itself is run and verified',
	},
];
