<?php

declare(strict_types=1);

/** The flags of one request. With sidekicks they cost next to nothing; without, the request reads the file itself. */
final readonly class Flags
{
	/** @param array<string, string> $values */
	private function __construct(private array $values, public string $path)
	{
	}

	public static function read(): self
	{
		// Any other PHP server does not have the function, and Igor throws when it has no --sidekick-entrypoint.
		if (function_exists('frankenphp_sidekick_get_vars')) {
			try {
				return new self(frankenphp_sidekick_get_vars('feature-flags'), 'the sidekick');
			} catch (RuntimeException) {
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
