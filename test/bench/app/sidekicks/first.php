<?php

// "first-N": publishes at once, with the milliseconds that this script has taken until then.

frankenphp_sidekick_set_vars(['script' => (string) ((hrtime(true) - $started) / 1e6)]);
