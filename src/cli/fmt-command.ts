import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatCaddyfile } from '../caddyfile/format.ts';
import { readText } from './config-file.ts';

interface Flags {
	config: string;
	overwrite?: boolean;
	diff?: boolean;
}

/** Adds `igor fmt`. */
export function addFmt(program: Command, finish: (status: number) => void): void {
	program
		.command('fmt')
		.description('Print a Caddyfile in the usual form; exit status 1 when it was not in that form')
		.argument('[file]', "the Caddyfile; '-' = standard input")
		.option('-c, --config <file>', 'the Caddyfile', 'Caddyfile')
		.option('-w, --overwrite', 'write the result into the file')
		.option('-d, --diff', 'print the lines that differ, with - and + before them')
		.action((path: string | undefined, flags: Flags) => finish(format(path ?? flags.config, flags)));
}

function format(path: string, { overwrite, diff }: Flags): number {
	const isInput = path === '-';
	const text = isInput ? readFileSync(0, 'utf8') : readText(path);
	const file = isInput ? 'stdin' : resolve(path);
	const formatted = formatCaddyfile({ file, text });
	if (overwrite && !isInput) {
		if (formatted !== text) writeFileSync(path, formatted);
		return 0;
	}
	process.stdout.write(diff ? difference(text.split('\n'), formatted.split('\n')) : formatted);
	if (formatted === text || isInput) return 0;
	const line = formatted.split('\n').findIndex((each, index) => each !== text.split('\n')[index]);
	process.stderr.write(`igor: ${file}:${line + 1}: this is not the usual form; --overwrite writes it into the file.\n`);
	return 1;
}

/** Lines of the one and the other, in order: a line that both have is printed once. */
function difference(before: readonly string[], after: readonly string[]): string {
	const lines: string[] = [];
	let added: string[] = [];
	let at = 0;
	const changed = (to: number): void => {
		for (const gone of before.slice(at, to)) lines.push(`- ${gone}`);
		lines.push(...added);
		added = [];
	};
	for (const line of after) {
		const found = before.indexOf(line, at);
		if (found < 0) added.push(`+ ${line}`);
		else {
			changed(found);
			lines.push(`  ${line}`);
			at = found + 1;
		}
	}
	changed(before.length);
	return lines.map((line) => `${line}\n`).join('');
}
