<?php

declare(strict_types=1);

/** Crashes on order. The order is a file: a request writes it, the sidekick carries it out. */
final readonly class Sabotage
{
	public const KINDS = ['exception' => 'an exception', 'memory' => 'out of memory', 'exit' => 'exit(3)'];
	private const PATH = __DIR__ . '/../var/sabotage.json';

	public function order(string $kind, int $times): void
	{
		if (isset(self::KINDS[$kind]) && $times > 0) {
			@mkdir(dirname(self::PATH));
			file_put_contents(self::PATH . '.new', json_encode(['kind' => $kind, 'times' => min($times, 10)]));
			rename(self::PATH . '.new', self::PATH);
		}
	}

	/** Does nothing without an order; with one it does not return. */
	public function strike(): void
	{
		$order = json_decode((string) @file_get_contents(self::PATH), true);
		if (!isset($order['kind'], $order['times'])) {
			return;
		}
		$order['times'] > 1 ? $this->order($order['kind'], $order['times'] - 1) : unlink(self::PATH);

		match ($order['kind']) {
			'memory' => str_repeat('more than PHP may have', 100_000_000),
			'exit' => exit(3),
			default => throw new RuntimeException('The thermometer fell into the river'),
		};
	}
}
