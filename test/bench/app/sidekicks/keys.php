<?php

// "keys-N": publishes N variables, once.

require __DIR__ . '/../variables.php';

frankenphp_sidekick_set_vars(variables((int) explode('-', $_SERVER['FRANKENPHP_SIDEKICK_NAME'])[1]));
