<?php

declare(strict_types=1);

/** Both sidekicks count tenths of seconds since their start. They differ in one line. */
final class Counter
{
	private readonly string $run;
	private readonly float $start;
	private ?float $askedToStop = null;

	public function __construct()
	{
		$this->run = bin2hex(random_bytes(2));
		$this->start = microtime(true);
	}

	public function runUntilStopped(): void
	{
		while (!frankenphp_sidekick_should_stop()) {
			$this->publish();
			usleep(100_000); // ends early when the sidekick has to stop
		}
		echo "run $this->run was asked to stop, and does\n"; // goes to the log
	}

	public function runForEver(): void
	{
		while (true) {
			$this->publish();
			usleep(100_000);
			if ($this->askedToStop === null && frankenphp_sidekick_should_stop()) {
				$this->askedToStop = microtime(true);
				echo "run $this->run was asked to stop, and goes on\n";
			}
		}
	}

	private function publish(): void
	{
		frankenphp_sidekick_set_vars([
			'run' => $this->run,
			'count' => (string) (int) (10 * (microtime(true) - $this->start)),
			'asked_to_stop' => (string) $this->askedToStop,
		]);
	}
}
