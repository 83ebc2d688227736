<?php

declare(strict_types=1);

/** A request that needs the database. */
final readonly class Login
{
	public function __construct(private Database $database)
	{
	}

	/** @return array<string, string|float|bool> what the page shows */
	public function state(): array
	{
		// No password is kept in memory here: the latest snapshot is as cheap as a variable, and never out of date.
		$vars = frankenphp_sidekick_get_vars('database-password');
		$new = Lease::fromVars($vars, 'new');
		$old = isset($vars['old.user']) ? Lease::fromVars($vars, 'old') : null;
		$refusal = $this->refusal($new);

		return [
			'user' => $new->user,
			'login' => $refusal === '' ? 'accepted' : 'refused',
			'mood' => $refusal === '' ? 'good' : 'bad',
			'refusal' => $refusal,
			'refused' => $refusal !== '',
			'new_left' => $new->share(),
			'new_says' => self::says($new),
			'old_user' => $old?->user ?? 'none yet',
			'old_left' => $old?->share() ?? 0.0,
			'old_says' => $old === null ? 'this was the first one' : self::says($old),
			'both' => $old !== null && $new->left() > 0 && $old->left() > 0,
		];
	}

	/** Why the database does not let us in, '' = it does. */
	private function refusal(Lease $lease): string
	{
		try {
			$this->database->login($lease);
			return '';
		} catch (LoginRefused $e) {
			return $e->getMessage();
		}
	}

	private static function says(Lease $lease): string
	{
		$left = $lease->left();
		return $left > 0 ? sprintf('good for %.1F s', $left) : sprintf('expired %.1F s ago', -$left);
	}
}
