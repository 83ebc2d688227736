<?php

// What many do in place of a fleet, by native PHP with Predis: `publisher PORT` keeps a snapshot in Redis and publishes it,
// every 5 ms; `subscriber PORT COUNT` has it in an array, and prints milliseconds from just before each publication until
// it has it there. hrtime() is that of the machine.
require 'Predis/autoload.php';
[, $role, $port] = $argv;
$redis = new Predis\Client(['host' => '127.0.0.1', 'port' => (int) $port, 'read_write_timeout' => 0]);

if ($role === 'publisher') {
	for ($number = 1; ; $number++) {
		$snapshot = json_encode([
			'server' => 'a',
			'number' => (string) $number,
			'published' => (string) hrtime(true),
			'text' => str_repeat('x', 100),
		]);
		$redis->pipeline(static function ($pipeline) use ($snapshot): void {
			$pipeline->set('fleet', $snapshot);
			$pipeline->publish('fleet', $snapshot);
		});
		usleep(5000);
	}
}

$cache = [];
$waits = [];
$messages = $redis->pubSubLoop(['subscribe' => 'fleet']);
foreach ($messages as $message) {
	if ($message->kind !== 'message') {
		continue;
	}
	$cache['fleet'] = json_decode($message->payload, true);
	$waits[] = (hrtime(true) - (int) $cache['fleet']['published']) / 1e6;
	if (count($waits) >= $argv[3]) {
		break;
	}
}
echo json_encode($waits);
