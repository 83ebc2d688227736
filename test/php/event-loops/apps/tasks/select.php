<?php

declare(strict_types=1);

// No library: the worker's stream and a socket in one stream_select().
$handle = new FrankenPHP\WorkerHandle();
$peer = stream_socket_client('tcp://127.0.0.1:' . getenv('PEER_PORT'), $code, $message, 2);
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
	$read = [$handle->getStream(), $peer];
	$none = null;
	stream_select($read, $none, $none, null);
	if (in_array($peer, $read, true)) {
		$heard = trim((string) fgets($peer));
		foreach ($listeners as $task) {
			$task->complete(['heard' => $heard]);
		}
		$listeners = [];
	}
}
touch(__DIR__ . '/ended');
