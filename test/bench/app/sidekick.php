<?php

// What a sidekick does is the first part of its name: sidekicks/*.php. Then it waits for its end.

$started = hrtime(true);
[$kind] = explode('-', $_SERVER['FRANKENPHP_SIDEKICK_NAME']);
require __DIR__ . "/sidekicks/$kind.php";

while (!frankenphp_sidekick_should_stop()) {
	sleep(60);
}
