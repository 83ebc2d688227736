<?php

declare(strict_types=1);

/** A simulated database: lets in whoever has a password that the vault has signed and that has not expired. */
final readonly class Database
{
	private const SECRET = 'known to the vault and the database only';

	/** @throws LoginRefused */
	public function login(Lease $lease): void
	{
		[$expires, $signature] = explode(':', $lease->password);
		if (!hash_equals(self::sign($lease->user, $expires), $signature)) {
			throw new LoginRefused("Wrong password for $lease->user");
		}
		if ((float) $expires < microtime(true)) {
			throw new LoginRefused("The password of $lease->user has expired");
		}
	}

	public static function sign(string $user, string $expires): string
	{
		return hash_hmac('sha256', "$user until $expires", self::SECRET);
	}
}
