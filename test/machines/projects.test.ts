import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/*
 * vitest.config.ts on machines that are not this one. A browser is there when its program is, which an environment
 * variable says; nobody starts it here, so that any program does.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROCESSORS = new URL('fixtures/processors.mjs', import.meta.url);
const PRINT_PROJECTS = fileURLToPath(new URL('fixtures/print-projects.mjs', import.meta.url));
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

const NAMES = ['node', 'pages in chromium', 'pages in firefox', 'chromium', 'firefox'];
const STAND_IN = 'test/support/browsers/missing-browser.test.ts';

type Machine = { readonly has: readonly string[]; readonly processors: number; readonly path?: string };
type Project = { name: string; group: number; workers: number; include: string[] };

const MACHINES: Machine[] = [[], ['chromium'], ['firefox'], ['chromium', 'firefox']].flatMap((has) =>
	[1, 2, 3, 16].map((processors) => ({ has, processors })),
);

/** What a program of Node prints and warns on that machine. Rejects when it fails, with what it has said. */
async function on({ has, processors, path = process.env.PATH }: Machine, ...program: string[]): Promise<string> {
	const ofThisRun = /^(VITEST|CI$|NODE_|IGOR_|TEST$|FORCE_COLOR$)/;
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRun.test(name)));
	const programOf = (browser: string) => (has.includes(browser) ? process.execPath : '/nonexistent/browser');
	const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', PROCESSORS.href, ...program], {
		cwd: ROOT,
		env: {
			...env,
			NO_COLOR: '1',
			PROCESSORS: String(processors),
			PATH: path,
			IGOR_CHROMIUM: programOf('chromium'),
			IGOR_FIREFOX: programOf('firefox'),
		},
	});
	return stdout + stderr;
}

test.each(MACHINES)('the projects on $processors processors, with the browsers $has', async (machine) => {
	const [line = ''] = (await on(machine, PRINT_PROJECTS)).split('\n');
	const projects: Project[] = JSON.parse(line);
	expect(projects.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());

	const standIns = projects.filter(({ include }) => include.includes(STAND_IN)).map(({ name }) => name);
	const lacks = ['chromium', 'firefox'].filter((browser) => !machine.has.includes(browser));
	expect(standIns.toSorted()).toEqual(lacks.flatMap((browser) => [browser, `pages in ${browser}`]).toSorted());

	const workers = new Map<number, Set<number>>();
	for (const { group, workers: n } of projects) workers.set(group, (workers.get(group) ?? new Set()).add(n));
	expect([...workers.values()].filter(({ size }) => size > 1)).toEqual([]);
	// However many processors there are, a run has as many PHP threads as it is known to work with.
	expect(Math.max(...projects.map(({ workers: n }) => n))).toBeLessThanOrEqual(3);
});

// Really run: what needs no browser, and all that stands in for the missing ones, in one go.
test.each(
	MACHINES.filter(({ processors }) => processors === 16),
)('Vitest runs with the browsers $has', async (machine) => {
	const output = await on(machine, VITEST, 'run', 'test/caddyfile/lexer.test.ts', STAND_IN, '--no-color');
	expect(output).toMatch(/^ +node {2}[1-9]\d* passed/m);
	for (const browser of ['chromium', 'firefox']) {
		const said = [...output.matchAll(new RegExp(`1 skipped \\(${browser} is not at /nonexistent/browser: .*\\)`, 'g'))];
		expect(said).toHaveLength(machine.has.includes(browser) ? 0 : 2);
	}
});

test('a machine without programs that some tests need skips those, and says what it lacks', async () => {
	const machine = { has: [], processors: 2, path: dirname(process.execPath) };
	const files = ['test/platform/node/listeners/certificates.test.ts', 'test/playground/parts/archive.test.ts'];
	const output = await on(machine, VITEST, 'run', '--project', 'node', '--no-color', ...files);
	expect(output).toMatch(/^ +node {2}[1-9]\d* passed, 2 skipped/m);
	for (const program of ['openssl', 'unzip']) {
		expect(output).toContain(`${program} is not on this machine: install Debian's ${program}.`);
	}
});
