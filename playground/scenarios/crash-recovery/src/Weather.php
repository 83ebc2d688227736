<?php

declare(strict_types=1);

/** A request that wants the temperature. It does not care whether the sidekick runs at this moment. */
final readonly class Weather
{
	private const FRESH = 0.4; // seconds

	/** @return array<string, string|float> what the page shows */
	public function state(): array
	{
		$reading = frankenphp_sidekick_get_vars('thermometer');
		$age = max(0.0, microtime(true) - (float) $reading['measured_at']);
		return [
			'celsius' => "$reading[celsius] °C",
			'age' => round($age, 2),
			'says' => sprintf('measured %.1F s ago', $age),
			'freshness' => $age < self::FRESH ? 'fresh' : 'stale',
			'mood' => $age < self::FRESH ? 'good' : 'warn',
			'run' => $reading['run'],
		];
	}
}
