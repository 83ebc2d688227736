<?php

declare(strict_types=1);

/** The sidekick: looks at the file ten times a second, so that no request has to. */
final readonly class FlagWatcher
{
	public function __construct(private FlagFile $file)
	{
	}

	public function run(): void
	{
		$seen = null;
		$flags = [];
		while (!frankenphp_sidekick_should_stop()) {
			$content = $this->file->content();
			if ($content !== $seen) {
				$seen = $content;
				$problem = '';
				try {
					$flags = $this->file->parse($content);
				} catch (JsonException $e) {
					// A slip in the editor harms nobody: the last good flags stay.
					$problem = "flags.json is broken ({$e->getMessage()}): the last good flags stay";
				}
				// All at once: no request ever sees one flag of the old file beside one of the new file.
				frankenphp_sidekick_set_vars([
					...$flags,
					'problem' => $problem,
					'published_at' => (string) microtime(true),
				]);
				echo $problem ?: 'published ' . count($flags) . ' flags', "\n"; // goes to the log
			}
			usleep(100_000); // ends early when the sidekick has to stop
		}
	}
}
