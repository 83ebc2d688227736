<?php

declare(strict_types=1);

/** A request that needs three sidekicks. */
final readonly class ProductPage
{
	private const SERVICES = ['price', 'stock', 'rating'];

	/** @return array<string, string|float> */
	public function state(string $start): array
	{
		$names = array_map(static fn (string $service): string => "$start.$service", self::SERVICES);
		$began = hrtime(true);
		$snapshots = match ($start) {
			// All are started before any is waited for, and one time limit holds for all.
			'together' => frankenphp_sidekick_get_vars($names, timeout: 10.0),
			// Each is started when the one before has published: the sum of all waits.
			'in-turn' => array_combine($names, array_map(frankenphp_sidekick_get_vars(...), $names)),
		};
		$waited = (hrtime(true) - $began) / 1e6;

		$state = ['waited_ms' => round($waited, 3)];
		foreach (self::SERVICES as $service) {
			$state[$service] = $snapshots["$start.$service"]['answer'];
			$state["$service.started_in"] = $snapshots["$start.$service"]['started_in'];
		}
		return $state;
	}
}
