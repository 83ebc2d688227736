import { join } from 'node:path';
import type { Server } from '../../../src/index.ts';
import { run } from '../../program/support/igor.ts';
import type { AppFiles, StartOptions } from '../../support/app-files.ts';
import { platform } from '../../support/node/platform.ts';

/** Where PHP code runs. */
export const ROLES = ['classic', 'worker', 'sidekick', 'php-cli'] as const;
export type Role = (typeof ROLES)[number];

const WARNINGS = `error_reporting(E_ALL); ini_set('display_errors', '0'); $warnings = [];
	set_error_handler(function ($level, $text) { $GLOBALS['warnings'][] = $text; return true; });`;

/** The app: every role includes `attack.php`, which returns a value. */
const FILES = {
	'index.php': `<?php ${WARNINGS} echo json_encode(require __DIR__ . '/attack.php');`,
	'worker.php': `<?php ${WARNINGS}
		while (frankenphp_handle_request(function () { echo json_encode(require __DIR__ . '/attack.php'); }));`,
	sidekick: `<?php ${WARNINGS} frankenphp_sidekick_set_vars(['value' => json_encode(require __DIR__ . '/attack.php')]);
		while (!frankenphp_sidekick_should_stop()) sleep(1);`,
	'read.php': `<?php echo frankenphp_sidekick_get_vars('attack-' . $_GET['n'])['value'];`,
	'cli.php': `<?php ${WARNINGS} echo json_encode(require __DIR__ . '/attack.php');`,
};

/** A server whose PHP is hostile: it runs the same code in every role. */
export class HostileApp implements AsyncDisposable {
	readonly files: AppFiles = platform.emptyFolder();
	readonly #options: StartOptions;
	/** What php-cli gets for the same options. */
	readonly #cliOptions: readonly string[];
	#server!: Server;
	#sidekicks = 0;

	private constructor(options: StartOptions, cliOptions: readonly string[]) {
		this.#options = options;
		this.#cliOptions = cliOptions;
	}

	static async start(options: StartOptions = {}, cliOptions: readonly string[] = []): Promise<HostileApp> {
		const app = new HostileApp(options, cliOptions);
		for (const [name, content] of Object.entries(FILES)) app.files.write(name, content);
		app.files.write('attack.php', '<?php return null;');
		app.#server = await app.files.serve({
			threads: 1,
			log: false,
			phpIni: { 'opcache.enable': '0', ...options.phpIni },
			...options,
			workers: [{ file: 'worker.php', num: 1 }],
			sidekickEntrypoint: 'sidekick',
			sidekickMax: 64,
		});
		return app;
	}

	/** What the code, the body of a function of PHP, returns in that role, by way of JSON. */
	async run<T = unknown>(role: Role, code: string): Promise<T> {
		this.files.write('attack.php', `<?php return (function () {\n${code}\n})();`);
		const text = role === 'php-cli' ? await this.#cli() : await this.#fetch(role);
		try {
			return JSON.parse(text) as T;
		} catch {
			throw new Error(`The code answered something else than JSON in ${role}: ${text.slice(0, 1000)}`);
		}
	}

	async #fetch(role: Role): Promise<string> {
		const paths = { classic: '/index.php', worker: '/worker.php', sidekick: `/read.php?n=${++this.#sidekicks}` };
		const response = await this.#server.fetch(paths[role as keyof typeof paths]);
		return response.text();
	}

	async #cli(): Promise<string> {
		const version = ['--php', this.#options.php ?? '8.4'];
		const { out, err, status } = await run(
			['php-cli', ...version, ...this.#cliOptions, join(this.files.folder, 'cli.php')],
			this.files.folder,
		);
		return status === 0 && out !== '' ? out : `status ${status}: ${out}${err}`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#server.close();
		this.files.discard();
	}
}
