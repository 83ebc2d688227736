<?php

declare(strict_types=1);

// Amp 2: the worker's stream, a socket, and a coroutine for each task.
require __DIR__ . '/../debian/Amp/autoload.php';
require __DIR__ . '/../debian/Amp/functions.php';
require __DIR__ . '/../debian/Amp/Internal/functions.php';

use Amp\Deferred;
use Amp\Delayed;
use Amp\Loop;

Loop::run(static function (): void {
	$handle = new FrankenPHP\WorkerHandle();
	$peer = stream_socket_client('tcp://127.0.0.1:' . getenv('PEER_PORT'), $code, $message, 2);
	stream_set_blocking($peer, false);
	$heard = new Deferred();
	Loop::onReadable($peer, static function (string $watcher) use ($peer, $heard): void {
		Loop::cancel($watcher);
		$heard->resolve(trim((string) fgets($peer)));
	});
	$work = static function (FrankenPHP\ReceivedTaskHandle $task) use ($heard): Generator {
		if ($task->getPayload() === ['hear']) {
			$task->complete(['heard' => yield $heard->promise()]);

			return;
		}
		for ($step = 1; $step <= 3; $step++) {
			yield new Delayed(5);
			$task->update(['step' => $step]);
		}
		$task->complete();
	};
	Loop::onReadable($handle->getStream(), static function () use ($handle, $work): void {
		if (!$handle->tick()) {
			Loop::stop();
		}
		while (($task = $handle->receive()) !== null) {
			Amp\asyncCall($work, $task);
		}
	});
});
touch(__DIR__ . '/ended');
