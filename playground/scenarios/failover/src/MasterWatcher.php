<?php

declare(strict_types=1);

/** The sidekick: asks Sentinel ten times a second who the master is, so that no request has to. */
final readonly class MasterWatcher
{
	public function __construct(private Sentinel $sentinel)
	{
	}

	public function run(): void
	{
		$epoch = null;
		while (!frankenphp_sidekick_should_stop()) {
			['master' => $master, 'epoch' => $now, 'nodes' => $nodes] = $this->sentinel->look();
			[$host, $port] = explode(':', $nodes[$master]);
			// Address and epoch in one snapshot: no request sees the new host with the old port. Publishing the same
			// again is free and wakes nobody, so there is no need to remember what was published.
			frankenphp_sidekick_set_vars([
				'name' => $master,
				'host' => $host,
				'port' => $port,
				'epoch' => (string) $now,
			]);
			if ($now !== $epoch) {
				echo "epoch $now: $master is the master\n"; // goes to the log
				$epoch = $now;
			}
			usleep(100_000);
		}
	}
}
