import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseKeyValue } from '../config/values.ts';
import { createOptionsHost } from '../platform/node/config/options-host.ts';
import type { LaunchOptions } from '../platform/node/threads/application-platform.ts';

/** What PHP's own command line asks for, as far as it is understood here. */
type Invocation = { ini: Record<string, string>; code?: string; file?: string; args: string[]; version: boolean };

/**
 * Adds `igor php`: PHP as a program of PHP, started by the launcher that its server has written. It sees, and may, what its
 * caller does; its environment is what the caller passes.
 */
export function addPhp(program: Command, finish: (status: number) => void): void {
	program
		.command('php', { hidden: true })
		.argument('<options>')
		.argument('[args...]')
		.passThroughOptions()
		.allowUnknownOption()
		.helpOption(false)
		.action(async (file: string, args: string[]) => finish(await runPhp(file, args)));
}

async function runPhp(optionsFile: string, args: string[]): Promise<number> {
	const options = JSON.parse(readFileSync(optionsFile, 'utf8')) as LaunchOptions;
	const invocation = readInvocation(args);
	const fail = (message: string): number => {
		process.stderr.write(`${message}\n`);
		return 1;
	};
	if (invocation === undefined) return fail('php: this option is not understood here; see "igor php-cli".');
	const { ini, file, version } = invocation;
	const { temporary = '/tmp' } = options;
	const code = version ? `echo 'PHP ', PHP_VERSION, ' (', PHP_SAPI, ") (Igor)\\n";` : invocation.code;
	let script: string;
	if (code !== undefined || file === undefined || file === '-') {
		script = join(temporary, `php-${process.pid}.php`);
		writeFileSync(script, code === undefined ? readFileSync(0) : `<?php ${code}`, { mode: 0o600 });
	} else {
		script = resolve(file);
		const onHost = script.startsWith('/tmp/') ? join(temporary, script.slice('/tmp/'.length)) : script;
		const host = createOptionsHost();
		if (host.look(script)?.kind === 'file') script = host.look(script)?.realPath ?? script;
		else if (host.look(onHost)?.kind === 'file') script = onHost;
		else return fail(`Could not open input file: ${file}`);
		if (!isVisible(script, [...options.visiblePaths, temporary])) return fail(`Could not open input file: ${file}`);
	}
	const { runPhpCli } = await import('../php-cli.ts');
	return runPhpCli({
		...options,
		script,
		args: invocation.args,
		env: Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
		phpIni: { ...options.phpIni, ...ini },
		interactive: true,
	});
}

function isVisible(script: string, paths: readonly string[]): boolean {
	const folders = paths.flatMap((path) =>
		[path, dirname(path)].slice(0, createOptionsHost().look(path)?.kind === 'file' ? 2 : 1),
	);
	return folders.some((folder) => script.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}

function readInvocation(args: readonly string[]): Invocation | undefined {
	const ini: Record<string, string> = {};
	for (let at = 0; at < args.length; at++) {
		const arg = args[at] as string;
		const rest = args.slice(at + 1);
		if (arg === '--') return { ini, args: rest, version: false };
		if (arg === '-' || !arg.startsWith('-')) return { ini, file: arg, args: rest, version: false };
		if (arg === '-v' || arg === '--version') return { ini, args: [], version: true };
		if (arg === '-r' || arg === '-f') {
			const [what, ...others] = rest;
			const following = others[0] === '--' ? others.slice(1) : others;
			if (what === undefined) return undefined;
			return { ini, ...(arg === '-r' ? { code: what } : { file: what }), args: following, version: false };
		}
		if (arg.startsWith('-d')) {
			const text = arg === '-d' ? (args[++at] ?? '') : arg.slice(2);
			const [key, value] = text.includes('=') ? parseKeyValue(text, '-d') : [text, '1'];
			ini[key] = value;
		} else if (arg !== '-n' && arg !== '-q' && arg !== '-C') {
			return undefined;
		}
	}
	return { ini, args: [], version: false };
}
