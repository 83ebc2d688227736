<?php

declare(strict_types=1);

/** A simulated Redis node: like a real one, it takes writes only while it is the master. */
final readonly class Redis
{
	public function __construct(private Sentinel $sentinel, private string $host, private string $port)
	{
	}

	/** @throws ReadOnlyReplica */
	public function increment(string $key): void
	{
		$state = $this->sentinel->look();
		if ($state !== null && $state['nodes'][$state['master']] !== "$this->host:$this->port") {
			throw new ReadOnlyReplica("READONLY You can't write against a read only replica.");
		}
	}
}
