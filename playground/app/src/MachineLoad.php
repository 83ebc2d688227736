<?php

declare(strict_types=1);

/**
 * Feels how busy the machine is. Inside WebAssembly there is no /proc to ask, so it measures what it notices itself:
 * how late it wakes from a nap, and how long the same small computation takes.
 */
final class MachineLoad
{
	private const LOOK_EVERY = 1.0; // seconds
	private const NAP = 10; // milliseconds

	/** @var array<string, string> what was published last */
	private array $vars = [];
	private float $lookedAt = 0.0;
	private float $fastest = INF;

	public function __construct(private readonly string $app)
	{
	}

	/** @return array<string, string> what to publish; the same as before until the next look is due */
	public function observe(): array
	{
		$now = microtime(true);
		if ($now - $this->lookedAt < self::LOOK_EVERY) {
			return $this->vars;
		}
		$this->lookedAt = $now;

		$late = self::milliseconds(static fn () => usleep(self::NAP * 1000)) - self::NAP;
		$computing = self::milliseconds(self::compute(...));
		$this->fastest = min($this->fastest, $computing);

		return $this->vars = [
			'LOAD' => sprintf('%.0F %%', 100 * (1 - $this->fastest / $computing)),
			'WAKES_LATE' => sprintf('%.2F ms', max(0.0, $late)),
			'COMPUTES_IN' => sprintf('%.2F ms (%.2F ms at best)', $computing, $this->fastest),
			'MEMORY' => sprintf('%d KB', memory_get_usage() / 1024),
			'FILES_IN_APP' => (string) $this->countFiles(),
			'PUBLISHED_AT' => sprintf('%.3F', microtime(true)),
		];
	}

	private static function milliseconds(callable $task): float
	{
		$start = hrtime(true);
		$task();
		return (hrtime(true) - $start) / 1e6;
	}

	/** Always the same work: when it takes twice as long, somebody else had half of the CPU. */
	private static function compute(): void
	{
		for ($i = 0, $x = 1; $i < 20_000; ++$i) {
			$x = ($x * 1_103_515_245 + 12_345) & 0x7fffffff;
		}
	}

	private function countFiles(): int
	{
		$directory = new RecursiveDirectoryIterator($this->app, FilesystemIterator::SKIP_DOTS);
		return iterator_count(new RecursiveIteratorIterator($directory));
	}
}
