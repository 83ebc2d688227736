<?php

// Starts the sidekicks "KIND-FROM" to "KIND-TO", and waits until all have published.

$names = array_map(static fn (int $number): string => "{$_GET['kind']}-$number", range($_GET['from'], $_GET['to']));
echo count(frankenphp_sidekick_get_vars($names, 60.0));
