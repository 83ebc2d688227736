<?php

frankenphp_sidekick_set_vars(['heard' => '']);
while (!frankenphp_sidekick_should_stop()) {
	sleep(1);
}
