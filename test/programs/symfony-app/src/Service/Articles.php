<?php
namespace App\Service;

use Symfony\Contracts\Service\ResetInterface;

/** A service with a state that belongs to one request. */
final class Articles implements ResetInterface
{
	private const ALL = ['blue-chair' => 4900, 'green-table' => 19900, 'lamp' => 2950];
	private array $looked = [];

	public function find(string $slug): ?array
	{
		$this->looked[] = $slug;
		$price = self::ALL[$slug] ?? null;

		return $price === null ? null : ['slug' => $slug, 'name' => ucwords(strtr($slug, '-', ' ')), 'price' => $price];
	}

	public function all(): array
	{
		return array_map($this->find(...), array_keys(self::ALL));
	}

	public function looked(): int
	{
		return count($this->looked);
	}

	public function reset(): void
	{
		$this->looked = [];
	}
}
