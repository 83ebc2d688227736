<?php

// "still-N": publishes once, 200 bytes.

frankenphp_sidekick_set_vars(['text' => str_repeat('x', 200)]);
