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
		page: 'docs/guides/docker.md',
		listing: 'docker build -t app .',
		reason: 'needs a Docker daemon; the command and the Caddyfile of the image are run',
	},
	{
		page: 'docs/guides/docker.md',
		listing: 'vendor.Dockerfile',
		reason: 'needs a Docker daemon, and packages of the network',
	},
	{
		page: 'docs/guides/systemd.md',
		listing: 'systemctl daemon-reload',
		reason: 'changes the machine; the unit itself is run and verified',
	},
];
