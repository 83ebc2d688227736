import { afterAll, beforeAll } from 'vitest';
import type { Server } from '../../../../src/index.ts';
import type { AppFiles, StartOptions } from '../../../support/app-files.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { platform } from '../../../support/node/platform.ts';

export const ROLES = ['classic', 'worker', 'sidekick'] as const;
export type Role = (typeof ROLES)[number];

/** What a piece of PHP returned, and what it made PHP warn of. */
export type Result<T> = { value: T; warnings: string[] };

/** One application in which PHP code runs in each role. */
export type Roles = {
	/**
	 * Runs PHP code with `$in` in that role; what it returns comes back as JSON.
	 * @param patience seconds that a request waits for a sidekick
	 */
	run<T = unknown>(role: Role, code: string, input?: unknown, patience?: number): Promise<Result<T>>;
	files: AppFiles;
	server: Server;
	log: CapturingLogger;
};

const RUN_CASE = `<?php
function runCase(string $name) {
	$warnings = [];
	set_error_handler(function ($level, $text) use (&$warnings) { $warnings[] = $text; return true; });
	try {
		$value = (function ($in) use ($name) { return require __DIR__ . "/$name.php"; })(
			json_decode(file_get_contents(__DIR__ . "/$name.json"), true));
	} catch (Throwable $error) {
		$value = get_class($error) . ': ' . $error->getMessage();
	}
	restore_error_handler();
	return json_encode(['value' => $value, 'warnings' => $warnings], JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
}`;

/** Starts it; the caller closes it. */
export async function startRoles(options: StartOptions = {}): Promise<Roles> {
	const files = platform.emptyFolder();
	const log = new CapturingLogger();
	files.write('run-case.php', RUN_CASE);
	files.write(
		'classic.php',
		`<?php require_once __DIR__ . '/run-case.php';
		echo isset($_GET['sidekick'])
			? frankenphp_sidekick_get_vars($_GET['sidekick'], (float) $_GET['patience'])['result'] : runCase($_GET['case']);`,
	);
	files.write(
		'worker.php',
		`<?php require_once __DIR__ . '/run-case.php';
		while (frankenphp_handle_request(function () { echo runCase($_GET['case']); })) gc_collect_cycles();`,
	);
	files.write(
		'sidekick.php',
		`<?php require_once __DIR__ . '/run-case.php';
		frankenphp_sidekick_set_vars(['result' => runCase($_SERVER['argv'][1])]);
		while (!frankenphp_sidekick_should_stop()) sleep(60);`,
	);
	const server = await files.serve({
		threads: 1,
		workers: [{ file: 'worker.php', num: 1 }],
		sidekickEntrypoint: 'sidekick.php',
		sidekickMax: 100,
		log,
		...options,
	});
	let cases = 0;
	return {
		files,
		server,
		log,
		run: async <T>(role: Role, code: string, input: unknown = null, patience = 30) => {
			const name = `case-${++cases}`;
			files.write(`${name}.php`, `<?php\n${code}\n`);
			files.write(`${name}.json`, JSON.stringify(input));
			const path =
				role === 'worker'
					? `/worker.php?case=${name}`
					: `/classic.php?${role === 'classic' ? 'case' : 'sidekick'}=${name}&patience=${patience}`;
			const text = await (await server.fetch(path)).text();
			if (role === 'sidekick') await server.sidekicks.stop(name).catch(() => {});
			try {
				return JSON.parse(text) as Result<T>;
			} catch {
				throw new Error(`The script answered something else than JSON: ${text.slice(0, 1000)}`);
			}
		},
	};
}

/** One for the tests of a file or group. */
export function useRoles(options: StartOptions = {}): () => Roles {
	let roles: Roles | undefined;
	beforeAll(async () => {
		roles = await startRoles(options);
	});
	afterAll(async () => {
		await roles?.server.close();
		roles?.files.discard();
	});
	return () => roles as Roles;
}
