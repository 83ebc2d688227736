<?php

declare(strict_types=1);

/** A sidekick that needs some seconds before it can publish: it connects, authenticates, loads. */
final readonly class Service
{
	public function __construct(private int $startsIn, private string $answer)
	{
	}

	public function run(): void
	{
		sleep($this->startsIn); // ends early when the sidekick has to stop
		while (!frankenphp_sidekick_should_stop()) {
			frankenphp_sidekick_set_vars(['answer' => $this->answer, 'started_in' => "$this->startsIn s"]);
			usleep(100_000);
		}
	}
}
