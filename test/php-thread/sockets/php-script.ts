import { afterAll, beforeAll } from 'vitest';
import type { Server } from '../../../src/index.ts';
import type { AppFiles, StartOptions } from '../../support/app-files.ts';
import { platform } from '../../support/node/platform.ts';

export type Scripts = {
	/** Runs PHP code as a classic request with `parameters` in $_GET; what it returns comes back as JSON. */
	run<T = unknown>(code: string, parameters?: Record<string, string | number>): Promise<T>;
	files: AppFiles;
	server: Server;
};

/** One server for the tests of a file or group; each script is a file of its own. */
export function useScripts(options: StartOptions = {}): () => Scripts {
	let scripts: Scripts | undefined;
	beforeAll(async () => {
		scripts = await startScripts(options);
	});
	afterAll(async () => {
		await scripts?.server.close();
		scripts?.files.discard();
	});
	return () => scripts as Scripts;
}

/** A server whose scripts are written when they are run; the caller closes it. */
export async function startScripts(options: StartOptions = {}): Promise<Scripts> {
	const files = platform.emptyFolder();
	// A folder in a browser exists by its files.
	files.write('index.php', '');
	const server = await files.serve({ threads: 1, phpIni: { display_errors: '0' }, log: false, ...options });
	let scripts = 0;
	return {
		files,
		server,
		run: async <T>(code: string, parameters: Record<string, string | number> = {}) => {
			const name = `script-${++scripts}.php`;
			files.write(
				name,
				`<?php\n$warnings = [];\n${WARNINGS}\n$run = function () {\n${code}\n};\necho json_encode($run());`,
			);
			const query = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
			const response = await server.fetch(`/${name}?${query}`);
			const text = await response.text();
			if (response.status !== 200) throw new Error(`Status ${response.status}: ${text}`);
			try {
				return JSON.parse(text) as T;
			} catch {
				throw new Error(`The script answered something else than JSON: ${text.slice(0, 1000)}`);
			}
		},
	};
}

/** `$GLOBALS['warnings']` has the text of every warning and notice. */
const WARNINGS = 'set_error_handler(function ($level, $text) { $GLOBALS["warnings"][] = $text; return true; });';
