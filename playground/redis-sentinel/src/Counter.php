<?php

declare(strict_types=1);

/** A counter on the Redis master, whichever node that is now. */
final class Counter
{
	/** Kept between requests of this worker. */
	private ?RedisConnection $connection = null;

	/** @return array{address: string, epoch: string, count: ?int, problem: ?string} */
	public function increment(string $name): array
	{
		$master = frankenphp_sidekick_get_vars('redis-master');
		try {
			$count = $this->connectionTo($master['address'])->ask('INCR', $name);
			$problem = null;
		} catch (RedisUnreachable | RedisRefusal $error) {
			$this->connection = null;
			[$count, $problem] = [null, $error->getMessage()];
		}
		return ['address' => $master['address'], 'epoch' => $master['epoch'], 'count' => $count, 'problem' => $problem];
	}

	private function connectionTo(string $address): RedisConnection
	{
		if ($this->connection?->address !== $address) {
			$this->connection = new RedisConnection($address);
		}
		return $this->connection;
	}
}
