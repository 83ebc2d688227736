<?php

declare(strict_types=1);

/** Stands for a slow import: each book takes a moment. */
final class Catalogue
{
	private const ADJECTIVES = ['Silent', 'Last', 'Paper', 'Hidden', 'Northern', 'Second'];
	private const NOUNS = ['Garden', 'Letter', 'Lighthouse', 'Winter', 'Machine', 'Harbour', 'Map'];

	/** @return iterable<int, string> the titles, by how many are in by now */
	public function import(int $books): iterable
	{
		for ($number = 1; $number <= $books; $number++) {
			usleep(120_000);
			$adjective = self::ADJECTIVES[array_rand(self::ADJECTIVES)];
			$noun = self::NOUNS[array_rand(self::NOUNS)];
			yield $number => "The $adjective $noun";
		}
	}
}
