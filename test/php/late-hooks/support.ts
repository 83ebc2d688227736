import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PhpVersion, ServeOptions } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import { Scope } from '../../support/scope.ts';

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

/** What each call of fixtures/calls.php returned, or what it threw. */
export type Calls = Record<string, unknown>;

/** Where code runs late: in a classic request, in one of a worker, at a worker's end, at a sidekick's end. */
export type Place = 'classic' | 'worker' | 'end of a worker' | 'sidekick';

/** What runs late in every place. */
export const HOOKS = [
	'shutdown function',
	'shutdown function in one',
	'destructor of a global',
	'destructor of a static',
	'destructor in a cycle',
	'destructor in a collection',
	'destructor after exit',
	'destructor of an argument',
	'session handler',
	'session handler without shutdown',
	'session data',
	'stream close',
	'stream filter',
	'output callback',
	'exception handler',
	'exception handler in shutdown',
	'error handler in a destructor',
	'shutdown function after an error',
	'shutdown function after a fatal error',
	'shutdown function out of memory',
	'end of a fiber',
	'end of a generator',
	'header callback',
	'tick function',
] as const;
export type Hook = (typeof HOOKS)[number];

/** What does not come at the end of a worker's request, but of its script. */
const OF_THE_SCRIPT: readonly Hook[] = [
	'destructor of a global',
	'destructor of a static',
	'destructor in a cycle',
	'stream close',
	'stream filter',
	'error handler in a destructor',
	'end of a fiber',
	'end of a generator',
];

/** A sidekick sends no headers: it starts no session. */
const NEEDS_A_RESPONSE: readonly Hook[] = ['session handler', 'session handler without shutdown', 'header callback'];

/** Those that come while the place is what it is called. PHP 8.2 calls no exception handler for shutdown functions. */
export function hooksOf(place: Place, php: PhpVersion): readonly Hook[] {
	return hooksIn(place).filter(
		(hook) => php !== '8.2' || hook !== 'exception handler in shutdown' || place === 'worker',
	);
}

function hooksIn(place: Place): readonly Hook[] {
	if (place === 'worker') return HOOKS.filter((hook) => !OF_THE_SCRIPT.includes(hook));
	return place === 'sidekick' ? HOOKS.filter((hook) => !NEEDS_A_RESPONSE.includes(hook)) : HOOKS;
}

/** A server on the fixtures: one classic thread, one worker thread. */
export async function startLateHooks(options: Omit<ServeOptions, 'root'> = {}): Promise<Scope> {
	const files: Record<string, string> = {};
	for (const name of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })) {
		const path = join(FIXTURES, name);
		if (statSync(path).isFile()) files[relative(FIXTURES, path)] = readFileSync(path, 'utf8');
	}
	return Scope.start(files, {
		workers: [{ file: 'worker.php', num: 1 }],
		sidekickEntrypoint: 'bin/console',
		...options,
	});
}

/** Lets one hook call everything in one place. */
export async function callLate(scope: Scope, place: Place, hook: Hook): Promise<Calls> {
	const file = `state/${hook}.json`;
	scope.remove(file);
	if (place === 'sidekick') {
		const name = `late ${hook}`;
		await scope.get(`/index.php?${new URLSearchParams({ start: name })}`);
		await scope.server.sidekicks.stop(name);
	} else {
		const query = new URLSearchParams({ hook, ...(place === 'end of a worker' && { end: '1' }) });
		const response = await scope.server.fetch(`/${place === 'classic' ? 'index' : 'worker'}.php?${query}`);
		await response.text();
	}
	return eventually(`${hook} to have been called`, () => {
		const text = scope.files.read(file);
		return text === undefined ? undefined : (JSON.parse(text) as Calls);
	});
}
