<?php

declare(strict_types=1);

// Predis, as Debian has it: a sidekick that listens to a channel and publishes what it hears.
require __DIR__ . '/debian/Predis/autoload.php';

$client = new Predis\Client(['host' => '127.0.0.1', 'port' => (int) getenv('REDIS_PORT'), 'read_write_timeout' => 0]);
frankenphp_sidekick_set_vars(['heard' => 'nothing yet', 'ping' => (string) $client->ping()]);
$loop = $client->pubSubLoop();
$loop->subscribe('news');
foreach ($loop as $message) {
	if ($message->kind === 'message') {
		frankenphp_sidekick_set_vars(['heard' => $message->payload, 'ping' => '']);
	}
	if (frankenphp_sidekick_should_stop()) {
		break;
	}
}
