<?php

declare(strict_types=1);

/**
 * Watches a JSON file of feature flags. Save the file, and the next request sees the new flags: nobody polls,
 * parses or caches anything in a request. A broken file keeps the last good flags, and says so.
 */
final class FeatureFlags
{
	/** @var array<string, string> the last good flags */
	private array $flags = [];
	/** @var array<string, string> what was published last */
	private array $vars = [];
	private string|false|null $seen = null;

	public function __construct(private readonly string $file)
	{
	}

	/** @return array<string, string> what to publish; the same as before until the file changes */
	public function observe(): array
	{
		// The contents decide, not the modification time: that has whole seconds only, and people are faster.
		$contents = @file_get_contents($this->file);
		if ($contents === $this->seen) {
			return $this->vars;
		}
		$this->seen = $contents;

		$status = $this->read($contents);
		echo "$status\n"; // A sidekick's output goes to the server's log.

		clearstatcache();
		$changed = @filemtime($this->file);
		return $this->vars = $this->flags + [
			'STATUS' => $status,
			'FILE_CHANGED' => $changed === false ? 'gone' : gmdate('Y-m-d H:i:s \U\T\C', $changed),
			'PUBLISHED_AT' => sprintf('%.3F', microtime(true)),
		];
	}

	private function read(string|false $contents): string
	{
		if ($contents === false) {
			return 'flags.json cannot be read; the last good flags stay';
		}
		try {
			$flags = json_decode($contents, true, flags: JSON_THROW_ON_ERROR);
		} catch (JsonException $e) {
			return "flags.json is broken ({$e->getMessage()}); the last good flags stay";
		}
		if (!is_array($flags)) {
			return 'flags.json has no { "flag": value } pairs; the last good flags stay';
		}

		$this->flags = [];
		foreach ($flags as $flag => $value) {
			// The prefix also keeps a flag named "1" a string key: snapshots carry strings only.
			$this->flags["flag.$flag"] = match (true) {
				is_string($value) => $value,
				is_bool($value) => $value ? 'on' : 'off',
				default => json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR), // 1e999 is no JSON number
			};
		}
		return 'flags.json is fine, flags: ' . count($flags);
	}
}
