<?php

declare(strict_types=1);

/** A simulated vault: signs passwords that the database accepts until they expire. */
final class Vault
{
	private int $issued = 0;

	public function issue(float $lifetime): Lease
	{
		$user = 'app-' . ++$this->issued;
		$now = microtime(true);
		$expires = $now + $lifetime;
		return new Lease($user, "$expires:" . Database::sign($user, (string) $expires), $now, $expires);
	}
}
