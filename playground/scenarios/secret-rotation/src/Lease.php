<?php

declare(strict_types=1);

/** A user of the database with a password that expires. */
final readonly class Lease
{
	public function __construct(
		public string $user,
		#[SensitiveParameter] public string $password,
		public float $issued,
		public float $expires,
	) {
	}

	/** Seconds; negative = it has expired. */
	public function left(): float
	{
		return $this->expires - microtime(true);
	}

	/** Of its lifetime, from 1 down to 0. */
	public function share(): float
	{
		return max(0.0, round($this->left() / ($this->expires - $this->issued), 3));
	}

	/** @return array<string, string> for a snapshot: its keys begin with $prefix */
	public function toVars(string $prefix): array
	{
		return [
			"$prefix.user" => $this->user,
			"$prefix.password" => $this->password,
			"$prefix.issued" => (string) $this->issued,
			"$prefix.expires" => (string) $this->expires,
		];
	}

	/** @param array<string, string> $vars a snapshot */
	public static function fromVars(array $vars, string $prefix): self
	{
		return new self(
			$vars["$prefix.user"],
			$vars["$prefix.password"],
			(float) $vars["$prefix.issued"],
			(float) $vars["$prefix.expires"],
		);
	}
}
