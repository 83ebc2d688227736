<?php

declare(strict_types=1);

/** The flags of one request. With sidekicks they cost next to nothing; without, the request reads the file itself. */
final class Flags
{
	private const ASK_AGAIN_AFTER = 5.0; // seconds

	private static float $askAgainAt = 0.0;

	/** @param array<string, string> $values */
	private function __construct(private readonly array $values, public readonly string $path)
	{
	}

	public static function read(): self
	{
		// Any other PHP server does not have the function.
		if (function_exists('frankenphp_sidekick_get_vars') && microtime(true) >= self::$askAgainAt) {
			try {
				return new self(frankenphp_sidekick_get_vars('feature-flags'), 'the sidekick');
			} catch (RuntimeException) {
				// Igor throws when it has no sidekick entrypoint, or when the sidekick cannot start.
				self::$askAgainAt = microtime(true) + self::ASK_AGAIN_AFTER;
			}
		}
		return self::readFile();
	}

	public function text(string $name, string $default = ''): string
	{
		return $this->values["flag.$name"] ?? $default;
	}

	public function number(string $name): float
	{
		return (float) $this->text($name);
	}

	public function isOn(string $name): bool
	{
		return $this->text($name) === 'true';
	}

	/** What is wrong with the file, '' = nothing. */
	public function problem(): string
	{
		return $this->values['problem'] ?? '';
	}

	/** Seconds since the flags were read from the file. */
	public function age(): float
	{
		return max(0.0, microtime(true) - (float) ($this->values['published_at'] ?? microtime(true)));
	}

	/** Graceful degradation: the same flags, paid for by each request. And nobody remembers the last good ones. */
	private static function readFile(): self
	{
		$file = new FlagFile();
		try {
			$values = $file->parse($file->content());
		} catch (JsonException $e) {
			$values = ['problem' => "flags.json is broken ({$e->getMessage()}): no flags at all"];
		}
		return new self($values, 'the file itself');
	}
}
