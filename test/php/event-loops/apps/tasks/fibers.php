<?php

declare(strict_types=1);

// A fiber for each task, one that hears the socket, and one for the worker's stream.
require __DIR__ . '/../fiber-loop.php';

$loop = new FiberLoop();
$handle = new FrankenPHP\WorkerHandle();
$heard = null;
$loop->spawn(static function () use ($loop, &$heard): void {
	$peer = stream_socket_client('tcp://127.0.0.1:' . getenv('PEER_PORT'), $code, $message, 2);
	stream_set_blocking($peer, false);
	$loop->readable($peer);
	$heard = trim((string) fgets($peer));
});
$work = static function (FrankenPHP\ReceivedTaskHandle $task) use ($loop, &$heard): void {
	if ($task->getPayload() === ['hear']) {
		while ($heard === null) {
			$loop->delay(0.005);
		}
		$task->complete(['heard' => $heard]);

		return;
	}
	for ($step = 1; $step <= 3; $step++) {
		$loop->delay(0.005);
		$task->update(['step' => $step]);
	}
	$task->complete();
};
$loop->spawn(static function () use ($loop, $handle, $work): void {
	while ($handle->tick()) {
		while (($task = $handle->receive()) !== null) {
			$loop->spawn(static fn () => $work($task));
		}
		$loop->readable($handle->getStream());
	}
});
$loop->run();
touch(__DIR__ . '/ended');
