<?php

declare(strict_types=1);

/** Crashes on order. The order is a file: a request (or you) writes it, the sidekick carries it out. */
final readonly class Sabotage
{
	public const KINDS = ['exception' => 'an exception', 'memory' => 'out of memory', 'exit' => 'exit(3)'];
	private const PATH = __DIR__ . '/../var/sabotage.json';

	public function order(string $kind, int $times): void
	{
		if (isset(self::KINDS[$kind]) && $times > 0) {
			self::write($kind, min($times, 10));
		}
	}

	/** Does nothing without an order; with one it does not return. */
	public function strike(): void
	{
		$order = json_decode((string) @file_get_contents(self::PATH), true);
		$times = (int) ($order['times'] ?? 0);
		if ($times < 1) {
			return;
		}
		$kind = (string) ($order['kind'] ?? '');
		self::write($kind, $times - 1);

		match ($kind) {
			'memory' => str_repeat('more than PHP may have', 100_000_000),
			'exit' => exit(3),
			default => throw new RuntimeException('The thermometer fell into the river'),
		};
	}

	/** Written beside it, under a name of its own, then renamed: nobody reads half an order. */
	private static function write(string $kind, int $times): void
	{
		$draft = self::PATH . '.' . bin2hex(random_bytes(4));
		file_put_contents($draft, json_encode(['kind' => $kind, 'times' => $times]) . "\n");
		rename($draft, self::PATH);
	}
}
