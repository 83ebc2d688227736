import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatOf } from '../adapt/config-format.ts';
import { type AdminFlags, addAdminOptions, adminClient } from './admin-options.ts';
import { readText } from './config-file.ts';

interface Flags extends AdminFlags {
	force?: boolean;
}

/** Milliseconds. A reload boots PHP threads, and waits for workers that are busy. */
const TIMEOUT = 300_000;

/** Adds `igor reload`. */
export function addReload(program: Command, finish: (status: number) => void): void {
	addAdminOptions(
		program.command('reload').description('Have the running server load a configuration, without a failed request'),
		'the Caddyfile, or the .json file of Caddy',
	)
		.option('-f, --force', "for Caddy's sake: Igor loads a configuration also when it has not changed")
		.action(async (flags: Flags) => finish(await reload(flags)));
}

async function reload(flags: Flags): Promise<number> {
	const file = resolve(flags.config);
	const format = flags.adapter ?? formatOf(file);
	const body = readText(file);
	const client = await adminClient(flags, true);
	const warnings = await client.askJson('POST', `/load?file=${encodeURIComponent(file)}`, {
		headers: {
			'content-type': format === 'json' ? 'application/json' : 'text/caddyfile',
			...(flags.force && { 'cache-control': 'must-revalidate' }),
		},
		body,
		timeout: TIMEOUT,
	});
	for (const warning of warningsOf(warnings)) process.stderr.write(`igor: warning: ${warning}\n`);
	return 0;
}

interface Warning {
	position?: { file?: string; line?: number; column?: number; path?: string };
	message?: string;
}

function warningsOf(answer: unknown): string[] {
	if (!Array.isArray(answer)) return [];
	return (answer as Warning[]).map(({ position: { file, line, column, path } = {}, message }) =>
		path === undefined ? `${file}:${line}:${column}: ${message}` : `${file}: ${path}: ${message}`,
	);
}
