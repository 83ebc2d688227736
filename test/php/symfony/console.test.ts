import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from 'igor-php';
import { describe, expect, test } from 'vitest';
import { cleanUp, run } from '../../program/support/igor.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import { lacking } from '../../support/lacking.ts';

/** Where Debian installs PHP libraries. */
const DEBIAN = '/usr/share/php';
const noConsole =
	process.env.CI || existsSync(`${DEBIAN}/Symfony/Component/Console/autoload.php`)
		? undefined
		: "Symfony's console is not on this machine: install Debian's php-symfony-console.";

const CONSOLE = `#!/usr/bin/env php
<?php
// Debian's packages find each other by the include path.
set_include_path(__DIR__ . '/../debian');
require 'Symfony/Component/Console/autoload.php';

use Symfony\\Component\\Console\\Application;
use Symfony\\Component\\Console\\Command\\Command;
use Symfony\\Component\\Console\\Input\\InputInterface;
use Symfony\\Component\\Console\\Output\\OutputInterface;

final class RedisWatcher extends Command
{
	protected function configure(): void
	{
		$this->setName('redis-watcher')->setDescription('Publishes the address of the Redis master');
	}

	protected function execute(InputInterface $input, OutputInterface $output): int
	{
		$output->writeln('watching');
		if (!function_exists('frankenphp_sidekick_set_vars')) {
			return self::FAILURE;
		}
		while (!frankenphp_sidekick_should_stop()) {
			frankenphp_sidekick_set_vars(['address' => '127.0.0.1:6379', 'command' => $this->getName()]);
			usleep(50_000);
		}
		$output->writeln('stopped');
		return self::SUCCESS;
	}
}

$application = new Application('Demo', '1.0');
$application->add(new RedisWatcher());
$application->run();
`;

/** A folder with the app and Debian's packages; PHP sees nothing outside of it. */
class App implements Disposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-symfony-')));

	constructor() {
		for (const name of ['Symfony', 'Psr']) {
			cpSync(join(DEBIAN, name), join(this.folder, 'debian', name), { recursive: true });
		}
		mkdirSync(join(this.folder, 'bin'));
		writeFileSync(join(this.folder, 'bin/console'), CONSOLE);
		writeFileSync(
			join(this.folder, 'index.php'),
			"<?php echo json_encode(frankenphp_sidekick_get_vars('redis-watcher'));",
		);
	}

	[Symbol.dispose](): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

describe.skipIf(lacking(noConsole))("Symfony's console, as Debian has it", () => {
	test('is a sidekick entrypoint: the name of the sidekick is the name of the command', async () => {
		using app = new App();
		const log = new CapturingLogger();
		await using server = await serve({
			root: app.folder,
			listen: false,
			log,
			sidekickEntrypoint: join(app.folder, 'bin/console'),
		});
		const answer = await server.fetch('/');
		expect(await answer.json()).toEqual({ address: '127.0.0.1:6379', command: 'redis-watcher' });
		expect(log.output('redis-watcher')).toContain('watching');
		await server.sidekicks.stop('redis-watcher');
		expect(log.output('redis-watcher')).toContain('stopped');
		expect(log.events('redis-watcher', 'ignored-stop')).toEqual([]);
	});

	// The list measures text by Normalizer, which is in the extension intl.
	test('runs on the command line', async () => {
		using app = new App();
		const { status, out } = await run(['php-cli', '--ext', 'intl', 'bin/console', 'list', '--raw'], app.folder);
		expect(out).toMatch(/redis-watcher\s+Publishes the address of the Redis master/);
		expect(status).toBe(0);
		await cleanUp();
	});
});
