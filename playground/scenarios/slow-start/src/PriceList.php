<?php

declare(strict_types=1);

/** The sidekick: takes 3 seconds before it can say anything, as a large import or a distant service would. */
final readonly class PriceList
{
	private const IMPORT_TAKES = 3; // seconds

	public function run(): void
	{
		$run = bin2hex(random_bytes(2));
		echo "run $run imports the prices\n"; // goes to the log
		$start = microtime(true);
		sleep(self::IMPORT_TAKES); // ends early when the sidekick has to stop

		while (!frankenphp_sidekick_should_stop()) {
			// The first call makes the sidekick ready and wakes whoever waits; the same again wakes nobody.
			frankenphp_sidekick_set_vars([
				'run' => $run,
				'took' => sprintf('%.2F s', ($took ??= microtime(true) - $start)),
				'umbrella' => '34.00 €',
				'raincoat' => '89.00 €',
			]);
			usleep(100_000);
		}
	}
}
