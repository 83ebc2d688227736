<?php

declare(strict_types=1);

/** Where the Sentinels are, and which master they are asked for. */
final readonly class Sentinels
{
	/** @param list<string> $addresses each `HOST:PORT` */
	public function __construct(public array $addresses, public string $master)
	{
	}

	/** From SENTINELS (`HOST:PORT,…`) and SENTINEL_MASTER. */
	public static function fromEnvironment(): self
	{
		$addresses = explode(',', getenv('SENTINELS') ?: '127.0.0.1:26379');
		return new self($addresses, getenv('SENTINEL_MASTER') ?: 'mymaster');
	}
}
