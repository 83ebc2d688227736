<?php

declare(strict_types=1);

/** config/flags.json: a flag is a text, a number, true or false. */
final readonly class FlagFile
{
	private const PATH = __DIR__ . '/../config/flags.json';

	public function content(): string
	{
		return (string) @file_get_contents(self::PATH);
	}

	/**
	 * @return array<string, string> the value of each flag as a text
	 * @throws JsonException when it is no JSON
	 */
	public function parse(string $content): array
	{
		$flags = [];
		foreach ((array) json_decode($content, true, flags: JSON_THROW_ON_ERROR) as $name => $value) {
			$flags["flag.$name"] = is_string($value) ? $value : json_encode($value);
		}
		return $flags;
	}
}
