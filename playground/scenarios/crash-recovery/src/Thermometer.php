<?php

declare(strict_types=1);

/** The sidekick: publishes a temperature five times a second, unless it is made to crash. */
final readonly class Thermometer
{
	public function __construct(private Sabotage $sabotage)
	{
	}

	public function run(): void
	{
		$run = bin2hex(random_bytes(2));
		$celsius = 20.0;
		// There is no code for crashes here: the server starts the script again, and readers keep what was published last.
		while (!frankenphp_sidekick_should_stop()) {
			$this->sabotage->strike();
			$celsius += mt_rand(-10, 10) / 100;
			frankenphp_sidekick_set_vars([
				'celsius' => sprintf('%.2F', $celsius),
				'measured_at' => (string) microtime(true),
				'run' => $run,
			]);
			usleep(200_000); // ends early when the sidekick has to stop
		}
	}
}
