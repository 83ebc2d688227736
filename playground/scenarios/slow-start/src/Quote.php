<?php

declare(strict_types=1);

/** A request that needs the prices. */
final readonly class Quote
{
	/** Tells this thread from its siblings. */
	private string $thread;

	public function __construct()
	{
		$this->thread = bin2hex(random_bytes(2));
	}

	/** @return array<string, string|float> */
	public function state(): array
	{
		$start = hrtime(true);
		// The first calls start the sidekick, at most once however many they are, and wait for its first publication.
		// After 10 seconds they would give up, with an exception that says what is known of the sidekick.
		$prices = frankenphp_sidekick_get_vars('price-list', timeout: 10.0);
		$waited = (hrtime(true) - $start) / 1e6;

		return [
			'thread' => $this->thread,
			'waited_ms' => round($waited, 3),
			'run' => $prices['run'],
			'import_took' => $prices['took'],
			'umbrella' => $prices['umbrella'],
			'raincoat' => $prices['raincoat'],
		];
	}
}
