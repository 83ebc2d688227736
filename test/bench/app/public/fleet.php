<?php

// Milliseconds from just before each set_vars() on another server until this one sees it; without `count`, who publishes.

require __DIR__ . '/../shared-clock.php';

if (!isset($_GET['count'])) {
	exit(frankenphp_sidekick_get_vars('fleet', 30.0)['server']);
}

set_time_limit(0);
SharedClock::calibrate();
$waits = [];
$last = frankenphp_sidekick_get_vars('fleet', 30.0)['number'];
while (count($waits) < $_GET['count']) {
	$vars = frankenphp_sidekick_get_vars('fleet');
	if ($vars['number'] === $last) {
		usleep(50);
		continue;
	}
	$last = $vars['number'];
	$waits[] = (SharedClock::now() - (int) $vars['published']) / 1e6;
}

echo json_encode($waits);
