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
		$published = null;
		while (!frankenphp_sidekick_should_stop()) {
			$state = $this->sentinel->look();
			if ($state !== null && $state !== $published) {
				['master' => $master, 'epoch' => $epoch, 'nodes' => $nodes] = $published = $state;
				[$host, $port] = explode(':', $nodes[$master]);
				// In one snapshot: no request ever sees the new host beside the old port.
				frankenphp_sidekick_set_vars([
					'name' => $master,
					'host' => $host,
					'port' => $port,
					'epoch' => (string) $epoch,
					'nodes' => json_encode($nodes), // values are strings
				]);
				echo "epoch $epoch: $master is the master\n"; // goes to the log
			}
			usleep(100_000); // ends early when the sidekick has to stop
		}
	}
}
