<?php

declare(strict_types=1);

/** What the page shows, made from the flags. */
final readonly class Shop
{
	private const PRICE = 40.0;

	/** @return array<string, string|bool> */
	public function state(): array
	{
		[$flags, $microseconds] = self::measure(Flags::read(...));
		$discount = min(100.0, max(0.0, $flags->number('discount')));
		return [
			'headline' => $flags->text('headline', 'Umbrellas'),
			'accent' => $flags->text('accent'),
			'price' => sprintf('%.2F €', self::PRICE * (1 - $discount / 100)),
			'before' => $discount > 0.0 ? sprintf('%.2F €', self::PRICE) : '',
			'express' => $flags->isOn('express-checkout') ? 'on' : 'off',
			'express_mood' => $flags->isOn('express-checkout') ? 'good' : '',
			'path' => $flags->path,
			'path_mood' => $flags->path === 'the sidekick' ? 'good' : 'warn',
			'cost' => sprintf('%.2F µs', $microseconds),
			'age' => sprintf('%.1F s ago', $flags->age()),
			'problem' => $flags->problem(),
			'has_problem' => $flags->problem() !== '',
		];
	}

	/**
	 * A browser's clock ticks every 5 µs only, so it takes several calls to see what one costs.
	 *
	 * @return array{Flags, float} what the last call returned, and the microseconds of one call
	 */
	private static function measure(callable $read, int $times = 20): array
	{
		$start = hrtime(true);
		for ($i = 0; $i < $times; ++$i) {
			$flags = $read();
		}
		return [$flags, (hrtime(true) - $start) / 1000 / $times];
	}
}
