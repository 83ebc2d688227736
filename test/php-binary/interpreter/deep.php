<?php

/** Nests a callback of an internal function, and says how deep it is, up to a limit. */
ini_set('memory_limit', '512M');
$limit = (int) $argv[1];

function nested(int $depth): int
{
	global $limit;
	return $depth === $limit ? $depth : max(array_map('nested', [$depth + 1]));
}

// So that the engine has optimized it.
$limit = 100;
for ($i = 0; $i < 200; $i++) {
	nested(0);
}
$limit = (int) $argv[1];
echo nested(0), "\n";
