<?php

declare(strict_types=1);

// Predis: a subscription and the worker's stream in one stream_select().
require __DIR__ . '/../debian/Predis/autoload.php';

$handle = new FrankenPHP\WorkerHandle();
$client = new Predis\Client(['host' => '127.0.0.1', 'port' => (int) getenv('PEER_PORT'), 'read_write_timeout' => 0]);
$messages = $client->pubSubLoop();
$messages->subscribe('news');
$messages->current();
$socket = $client->getConnection()->getResource();
$listeners = [];
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		if ($task->getPayload() === ['hear']) {
			$listeners[] = $task;
			continue;
		}
		for ($step = 1; $step <= 3; $step++) {
			$task->update(['step' => $step]);
		}
		$task->complete();
	}
	$read = [$handle->getStream(), $socket];
	$none = null;
	stream_select($read, $none, $none, null);
	if (in_array($socket, $read, true)) {
		$heard = $messages->current()->payload;
		foreach ($listeners as $task) {
			$task->complete(['heard' => $heard]);
		}
		$listeners = [];
	}
}
touch(__DIR__ . '/ended');
