<?php

declare(strict_types=1);

// ReactPHP: the worker's stream, a socket, and timers.
spl_autoload_register(static function (string $class): void {
	require __DIR__ . '/../debian/event-loop/src/' . strtr(substr($class, strlen('React\EventLoop\\')), '\\', '/') . '.php';
});

use React\EventLoop\StreamSelectLoop;
use React\EventLoop\TimerInterface;

$loop = new StreamSelectLoop();
$handle = new FrankenPHP\WorkerHandle();
$peer = stream_socket_client('tcp://127.0.0.1:' . getenv('PEER_PORT'), $code, $message, 2);
stream_set_blocking($peer, false);
$listeners = [];
$loop->addReadStream($peer, static function ($peer) use (&$listeners): void {
	$heard = trim((string) fgets($peer));
	foreach ($listeners as $task) {
		$task->complete(['heard' => $heard]);
	}
	$listeners = [];
});
$loop->addReadStream($handle->getStream(), static function () use ($handle, $loop, &$listeners): void {
	if (!$handle->tick()) {
		$loop->stop();
	}
	while (($task = $handle->receive()) !== null) {
		if ($task->getPayload() === ['hear']) {
			$listeners[] = $task;
			continue;
		}
		$step = 0;
		$loop->addPeriodicTimer(0.005, static function (TimerInterface $timer) use ($loop, $task, &$step): void {
			$task->update(['step' => ++$step]);
			if ($step === 3) {
				$loop->cancelTimer($timer);
				$task->complete();
			}
		});
		unset($step);
	}
});
$loop->run();
touch(__DIR__ . '/ended');
