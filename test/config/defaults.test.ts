import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { durationOf, sizeOf } from '../../src/caddyfile/units.ts';
import { addAdminOptions } from '../../src/cli/admin-options.ts';
import { addConfigOptions } from '../../src/cli/config-file.ts';
import { addPhpCli } from '../../src/cli/php-cli-command.ts';
import { addPhpServer } from '../../src/cli/php-server-command.ts';
import { DEFAULT_ADMIN_ADDRESS, DEFAULTS } from '../../src/config/defaults.ts';
import { PHP_EXTENSIONS, PHP_VERSIONS } from '../../src/config/values.ts';
import { DEFAULT_WATCH } from '../../src/directives/php-server/worker.ts';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** A number of the documentation in the unit of the code: `2`, `5s`, `5000 ms`, `256MB`, `8 MiB`. */
function numberOf(text: string): number | undefined {
	if (/^\d+$/.test(text)) return Number(text);
	return durationOf(text.replace(' ', '')) ?? sizeOf(text);
}

describe('the reference', () => {
	const COMMANDS = read('docs/reference/command-line.md');
	const CADDYFILE = read('docs/reference/caddyfile.md');
	const NODE = read('docs/reference/node.md');

	test.each([
		['--listen', DEFAULTS.listen],
		['--sidekick-max', DEFAULTS.maxSidekicks],
		['--threads', DEFAULTS.threads],
		['--max-thread-memory', DEFAULTS.maxThreadMemory],
		['--php', DEFAULTS.phpVersion],
	])('has the default of %s', (option, expected) => {
		const [, cell = ''] = new RegExp(`^\\| \`${option} [^|]*\\| \`?([^|\`]*)\`? \\|`, 'm').exec(COMMANDS) ?? [];
		expect(typeof expected === 'number' ? numberOf(cell) : cell).toBe(expected);
	});

	test.each([
		['max_thread_memory', DEFAULTS.maxThreadMemory],
		['max', DEFAULTS.maxSidekicks],
		['max_consecutive_failures', DEFAULTS.maxConsecutiveFailures],
		['stop_timeout', DEFAULTS.stopTimeout],
		['max_snapshot_size', DEFAULTS.maxSnapshotSize],
		['stopTimeout', DEFAULTS.stopTimeout],
		['maxSnapshotSize', DEFAULTS.maxSnapshotSize],
		['maxConsecutiveFailures', DEFAULTS.maxConsecutiveFailures],
	])('has the default of %s', (name, expected) => {
		const [, text = ''] = new RegExp(`\`${name}\`\\s\\((\\d[^,)]*)`).exec(CADDYFILE + NODE) ?? [];
		expect(numberOf(text)).toBe(expected);
	});

	test('names the versions and extensions of PHP, and where the admin API is', () => {
		const others = PHP_VERSIONS.filter((version) => version !== DEFAULTS.phpVersion);
		expect(COMMANDS).toContain(`\`--php VERSION\` (${DEFAULTS.phpVersion}; ${others.join(', ')})`);
		expect(COMMANDS).toMatch(
			new RegExp(`--php VERSION.*\\| ${PHP_VERSIONS.join(', ').replace(/, ([^,]*)$/, ' or $1')} \\|`),
		);
		for (const name of PHP_EXTENSIONS) expect(COMMANDS).toMatch(new RegExp(`--ext NAME.*\`${name}\``));
		expect(read('docs/reference/admin.md')).toContain(`127.0.0.1:${DEFAULTS.adminPort}`);
		expect(COMMANDS).toContain(`none; NUM ${DEFAULTS.workerThreads} `);
		expect(CADDYFILE).toContain(DEFAULT_WATCH);
	});
});

describe('the JSDoc of ServeOptions', () => {
	const source = read('src/config/options.ts');
	const documented = [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\??:/g)].map(
		([, comment = '', name = '']) => [name, /Default: [`']?(.*?\w)[`']?\.(?!\d)/.exec(comment)?.[1]] as const,
	);

	test.each([
		['listen', DEFAULTS.listen],
		['num', DEFAULTS.workerThreads],
		['threads', DEFAULTS.threads],
		['maxWaitTime', DEFAULTS.maxWaitTime],
		['maxIdleTime', DEFAULTS.maxIdleTime],
		['maxRequests', DEFAULTS.maxRequests],
		['maxThreadMemory', DEFAULTS.maxThreadMemory],
		['php', DEFAULTS.phpVersion],
		['sidekickMax', DEFAULTS.maxSidekicks],
		['stopTimeout', DEFAULTS.stopTimeout],
		['maxSnapshotSize', DEFAULTS.maxSnapshotSize],
		['maxConsecutiveFailures', DEFAULTS.maxConsecutiveFailures],
	])('has the default of %s', (name, expected) => {
		const text = documented.find(([each]) => each === name)?.[1] ?? '';
		expect(typeof expected === 'number' ? numberOf(text) : text).toBe(expected);
	});
});

describe('--help', () => {
	const help = (add: (program: Command) => void): string => {
		const program = new Command().enablePositionalOptions().configureHelp({ helpWidth: 1000 });
		add(program);
		return (program.commands[0] ?? program).helpInformation();
	};

	test('of php-server has the defaults', () => {
		const text = help((program) => addPhpServer(program, () => {}));
		expect(text).toMatch(new RegExp(`--listen .*\\(default: ${DEFAULTS.listen}, `));
		expect(text).toMatch(new RegExp(`--worker .*NUM: ${DEFAULTS.workerThreads}\\)`));
		expect(text).toMatch(new RegExp(`--sidekick-max .*\\(default: ${DEFAULTS.maxSidekicks}\\)`));
		expect(text).toMatch(new RegExp(`--threads .*\\(default: ${DEFAULTS.threads}\\)`));
		expect(text).toMatch(new RegExp(`--max-thread-memory .*\\(default: ${DEFAULTS.maxThreadMemory / 1_000_000}MB\\)`));
		expect(text).toContain(PHP_EXTENSIONS.join(', '));
	});

	test.each([
		['php-server', (program: Command) => addPhpServer(program, () => {})],
		['php-cli', (program: Command) => addPhpCli(program, () => {})],
		['run', (program: Command) => void addConfigOptions(program)],
	])('of %s has the versions of PHP', (_, add) => {
		const line = `PHP version: ${PHP_VERSIONS.join(', ')} (default: "${DEFAULTS.phpVersion}")`;
		expect(help(add)).toContain(line);
	});

	test('of what speaks to the admin API says where it is', () => {
		expect(help((program) => void addAdminOptions(program))).toContain(`else ${DEFAULT_ADMIN_ADDRESS})`);
	});
});

test('the extension is built for each version of PHP', () => {
	const built = readdirSync(fileURLToPath(new URL('../../wasm/build/', import.meta.url)));
	expect(built.filter((name) => name !== 'record.json').sort()).toEqual(PHP_VERSIONS);
	expect(read('wasm/build.sh')).toContain(`versions=(${PHP_VERSIONS.join(' ')})`);
});
