<?php

/**
 * Nanoseconds since 1970, comparable between threads of one process: hrtime() is precise but starts at another moment
 * in each thread, microtime() is shared but precise only where the host's milliseconds begin. So hrtime() is set by those.
 */
final class SharedClock
{
	private static int $offset = PHP_INT_MAX;

	/** Watches some ticks. One that is seen late makes the offset too large: the smallest is the true one. */
	public static function calibrate(int $ticks = 10): void
	{
		for ($i = 0; $i < $ticks; $i++) {
			$old = self::milliseconds();
			do {
				$new = self::milliseconds();
				$now = hrtime(true);
			} while ($new === $old);
			self::$offset = min(self::$offset, $now - $new * 1_000_000);
		}
	}

	public static function now(): int
	{
		return hrtime(true) - self::$offset;
	}

	public static function milliseconds(): int
	{
		return (int) floor(microtime(true) * 1000 + 0.0005);
	}
}
