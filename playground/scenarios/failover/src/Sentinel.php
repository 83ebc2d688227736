<?php

declare(strict_types=1);

/** A simulated Redis Sentinel: var/sentinel.json says which node is the master, and since how many elections. */
final readonly class Sentinel
{
	private const PATH = __DIR__ . '/../var/sentinel.json';

	/** @return ?array{master: string, epoch: int, nodes: array<string, string>} null while you edit it and it makes no sense */
	public function look(): ?array
	{
		$state = json_decode((string) @file_get_contents(self::PATH), true);
		return isset($state['epoch'], $state['nodes'][$state['master'] ?? '']) ? $state : null;
	}

	/** What the buttons do: an election. */
	public function promote(string $node): void
	{
		$state = $this->look();
		if (!isset($state['nodes'][$node]) || $node === $state['master']) {
			return;
		}
		$state = ['master' => $node, 'epoch' => $state['epoch'] + 1] + $state;
		// Written beside it, under a name of its own, then renamed: nobody reads half a file.
		$draft = self::PATH . '.' . bin2hex(random_bytes(4));
		file_put_contents($draft, json_encode($state, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n");
		rename($draft, self::PATH);
	}
}
