<?php

declare(strict_types=1);

/** Counts each request in Redis: one write, to whichever node is the master now. */
final readonly class Visits
{
	public function __construct(private Sentinel $sentinel)
	{
	}

	/** @return array<string, string|int> what the page shows */
	public function state(): array
	{
		$start = hrtime(true);
		[$master, $tries] = $this->count();
		$milliseconds = (hrtime(true) - $start) / 1e6;

		$state = [
			'master' => $master['name'],
			'address' => "$master[host]:$master[port]",
			'epoch' => $master['epoch'],
			'tries' => $tries,
			'took' => sprintf('%.1F ms', $milliseconds),
		];
		foreach (json_decode($master['nodes'], true) as $node => $address) {
			$state["$node.address"] = $address;
			$state["$node.role"] = $node === $master['name'] ? 'master' : 'replica';
			$state["$node.mood"] = $node === $master['name'] ? 'good' : '';
		}
		return $state;
	}

	/** @return array{array<string, string>, int} the master that took the write, and the tries it needed */
	private function count(): array
	{
		for ($try = 1; ; ++$try) {
			// Costs next to nothing, so ask each time: the answer is never older than a tenth of a second.
			$master = frankenphp_sidekick_get_vars('redis-master');
			try {
				(new Redis($this->sentinel, $master['host'], $master['port']))->increment('visits');
				return [$master, $try];
			} catch (ReadOnlyReplica $refusal) {
				// Demoted a moment ago: the sidekick is about to say who has taken over.
				if ($try === 500) {
					throw $refusal;
				}
				usleep(20_000);
			}
		}
	}
}
