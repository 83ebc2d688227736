<?php

// Milliseconds of a first get_vars(), and what the sidekick's script took of them.

$started = hrtime(true);
$vars = frankenphp_sidekick_get_vars($_GET['name']);

echo json_encode(['total' => (hrtime(true) - $started) / 1e6, 'script' => (float) $vars['script']]);
