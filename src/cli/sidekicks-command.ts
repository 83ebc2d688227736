import type { Command } from 'commander';
import type { SidekickView } from '../admin/sidekick-view.ts';
import type { AdminClient } from './admin-client.ts';
import { type AdminFlags, addAdminOptions, adminClient } from './admin-options.ts';
import { stopSignal } from './signals.ts';

interface Flags extends AdminFlags {
	watch?: boolean;
	json?: boolean;
}

/** Milliseconds. */
const TIMEOUT = 10_000;

/** Adds `igor sidekicks`. */
export function addSidekicks(program: Command, finish: (status: number) => void): void {
	addAdminOptions(program.command('sidekicks').description('Show the sidekicks of the running server'))
		.option('-w, --watch', 'follow what happens, until Ctrl-C')
		.option('--json', 'print JSON; with --watch, one object for each event')
		.action(async (flags: Flags) => {
			const client = await adminClient(flags);
			finish(await (flags.watch ? watch(client, flags.json) : list(client, flags.json)));
		});
}

async function list(client: AdminClient, json: boolean | undefined): Promise<number> {
	const { stdout } = process;
	if (json) {
		stdout.write(await client.ask('GET', '/sidekicks', { timeout: TIMEOUT }));
		return 0;
	}
	const [views, { tableLines }] = await Promise.all([load(client), import('./sidekick-table.ts')]);
	if (views.length === 0) {
		stdout.write('No sidekicks; one starts when PHP asks for it by frankenphp_sidekick_get_vars().\n');
		return 0;
	}
	const width = stdout.isTTY ? stdout.columns : undefined;
	for (const line of tableLines(views, { width, colours: coloured() })) stdout.write(`${line}\n`);
	return 0;
}

async function watch(client: AdminClient, json: boolean | undefined): Promise<number> {
	const ended = new AbortController();
	void stopSignal().then(() => ended.abort());
	const { followEvents, eventLine } = await import('./sidekick-events.ts');
	if (process.stdout.isTTY && !json) {
		const { SidekickScreen } = await import('./sidekick-screen.ts');
		// Before the screen is cleared: that nobody answers belongs on the line below the command.
		await load(client);
		const screen = new SidekickScreen(client, process.stdout, coloured(), () => load(client));
		screen.open();
		await followEvents(client, screen, ended.signal).finally(() => screen.close());
		return 0;
	}
	const say = (sentence: string): void => void process.stderr.write(`igor: ${sentence}\n`);
	await followEvents(
		client,
		{
			connected: () => say(`following ${client.url}; Ctrl-C ends`),
			event: (event) => void process.stdout.write(`${json ? event.data : eventLine(event)}\n`),
			lost: () => say(`no server answers at ${client.url} any more; trying again`),
		},
		ended.signal,
	);
	return 0;
}

async function load(client: AdminClient): Promise<readonly SidekickView[]> {
	return (await client.askJson('GET', '/sidekicks', { timeout: TIMEOUT })) as SidekickView[];
}

function coloured(): boolean {
	return process.stdout.isTTY && !process.env.NO_COLOR;
}
