<?php

// "steady-N": publishes 200 bytes every 20 ms.

$next = hrtime(true);
for ($number = 1; !frankenphp_sidekick_should_stop(); $number++) {
	frankenphp_sidekick_set_vars(['number' => (string) $number, 'text' => str_repeat('x', 190)]);
	$next += 20_000_000;
	usleep((int) max(0, ($next - hrtime(true)) / 1000));
}
