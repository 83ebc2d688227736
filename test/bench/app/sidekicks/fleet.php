<?php

// Publishes all the time: who it is, a number, and when. Every publication is 5 ms after the one before.

require_once __DIR__ . '/../shared-clock.php';

SharedClock::calibrate();
for ($number = 1; !frankenphp_sidekick_should_stop(); $number++) {
	frankenphp_sidekick_set_vars([
		'server' => $_SERVER['SERVER'],
		'number' => (string) $number,
		'published' => (string) SharedClock::now(),
		'text' => str_repeat('x', 100),
	]);
	usleep(5000);
}
