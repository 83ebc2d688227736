<?php

// Milliseconds from just before each set_vars() to the return of the get_vars() that was blocked on it. All sidekicks
// are started first and publish one by one, each at its own moment, while this request waits for just that one.

require __DIR__ . '/../shared-clock.php';

set_time_limit(0);
$names = array_map(static fn (int $i): string => "wake-$i", range(0, $_GET['sidekicks'] - 1));
try {
	frankenphp_sidekick_get_vars($names, 0.0);
} catch (RuntimeException) {
	// Started, not waited for.
}
$limit = hrtime(true) + 40e9;
while (count(glob('/tmp/wake-ready-*')) < count($names)) {
	if (hrtime(true) > $limit) {
		throw new RuntimeException('The sidekicks did not start in time.');
	}
	usleep(50_000);
}
file_put_contents('/tmp/wake-go.new', (string) (SharedClock::milliseconds() + 1000));
rename('/tmp/wake-go.new', '/tmp/wake-go');

$waits = [];
foreach ($names as $name) {
	SharedClock::calibrate();
	$asked = SharedClock::now();
	$vars = frankenphp_sidekick_get_vars($name);
	$seen = SharedClock::now();
	// On a busy machine a publication may come before its reader: that one says nothing about blocked readers.
	if ($asked < $vars['published']) {
		$waits[] = ($seen - $vars['published']) / 1e6;
	}
}

echo json_encode($waits);
