<?php

/*
 * A background worker: the server runs it on two threads, from its own start to its end. It gets tasks from requests,
 * and tells each of them how far it is.
 */

declare(strict_types=1);

require __DIR__ . '/../src/Catalogue.php';

$worker = new FrankenPHP\WorkerHandle();
$thread = bin2hex(random_bytes(2));

while ($worker->tick()) {
	while ($task = $worker->receive()) {
		$books = $task->getPayload()['books'];
		try {
			foreach ((new Catalogue())->import($books) as $number => $title) {
				$task->update(['done' => $number, 'of' => $books, 'title' => $title, 'thread' => $thread]);
			}
			$task->complete();
		} catch (RuntimeException $gone) {
			// Nobody reads any more: the client has left, or has cancelled.
			frankenphp_log("An import ended early: {$gone->getMessage()}");
		}
	}
	$read = [$worker->getStream()];
	$none = null;
	// Readable when a task has come, and when the worker has to end.
	stream_select($read, $none, $none, null);
}
