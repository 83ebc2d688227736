<?php

// Nanoseconds for one get_vars() of an unchanged snapshot, without the loop itself.

set_time_limit(0);

$measure = static function (string $name, int $calls): float {
	frankenphp_sidekick_get_vars($name);
	$started = hrtime(true);
	for ($i = 0; $i < $calls; $i++) {
	}
	$empty = hrtime(true) - $started;
	$started = hrtime(true);
	for ($i = 0; $i < $calls; $i++) {
		$vars = frankenphp_sidekick_get_vars($name);
	}

	return (hrtime(true) - $started - $empty) / $calls;
};

echo $measure("keys-{$_GET['keys']}", (int) $_GET['calls']);
