<?php

declare(strict_types=1);

/** The sidekick: always holds a password that is good for a while, and publishes it together with the one before. */
final readonly class Rotation
{
	private const CONFIG = __DIR__ . '/../config/rotation.json';

	public function __construct(private Vault $vault)
	{
	}

	public function run(): void
	{
		$new = $old = null;
		$due = 0.0;
		while (!frankenphp_sidekick_should_stop()) {
			if (microtime(true) >= $due) {
				[$every, $lifetime] = self::config();
				$due = microtime(true) + $every;
				$old = $new;
				$new = $this->vault->issue($lifetime);
				// The database knows the new password already, and the old one is good for a while: a request that
				// reads the snapshot now and a request that has read it a moment ago both get in.
				frankenphp_sidekick_set_vars([...$new->toVars('new'), ...$old?->toVars('old') ?? []]);
				echo "issued a password for $new->user\n"; // goes to the log
			}
			usleep(100_000); // ends early when the sidekick has to stop
		}
	}

	/** @return array{float, float} seconds */
	private static function config(): array
	{
		$config = json_decode((string) file_get_contents(self::CONFIG), true);
		return [max(0.5, (float) ($config['every'] ?? 4)), max(0.1, (float) ($config['lifetime'] ?? 6))];
	}
}
