<?php

// "wake-N": publishes the time, 40 ms after sidekick N - 1 did; see public/wake.php.

require __DIR__ . '/../shared-clock.php';

$number = (int) explode('-', $_SERVER['FRANKENPHP_SIDEKICK_NAME'])[1];
touch("/tmp/wake-ready-$number");
while (!is_file('/tmp/wake-go')) {
	clearstatcache();
	usleep(50_000);
}
$at = (int) file_get_contents('/tmp/wake-go') + 40 * $number;

// Setting the clock keeps a processor busy: it ends well before the publication.
usleep(max(0, $at - SharedClock::milliseconds() - 25) * 1000);
SharedClock::calibrate();
usleep(max(0, $at - SharedClock::milliseconds()) * 1000);

frankenphp_sidekick_set_vars(['published' => (string) SharedClock::now()]);
