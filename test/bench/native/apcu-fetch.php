<?php

// Nanoseconds for one apcu_fetch() of the array that app/sidekicks/keys.php publishes, without the loop itself.

require __DIR__ . '/../app/variables.php';

[, $keys, $calls] = $argv;

$measure = static function (string $name, int $calls): float {
	apcu_fetch($name);
	$started = hrtime(true);
	for ($i = 0; $i < $calls; $i++) {
	}
	$empty = hrtime(true) - $started;
	$started = hrtime(true);
	for ($i = 0; $i < $calls; $i++) {
		$vars = apcu_fetch($name);
	}

	return (hrtime(true) - $started - $empty) / $calls;
};

apcu_store("keys-$keys", variables((int) $keys)) || throw new RuntimeException('APCu is not enabled.');
echo $measure("keys-$keys", (int) $calls);
