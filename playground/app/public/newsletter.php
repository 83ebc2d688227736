<?php

/* Hands a message to the background worker, and streams its progress: `curl -N http://127.0.0.1:8080/newsletter.php`. */

declare(strict_types=1);

header('Content-Type: application/x-ndjson');
header('Cache-Control: no-store');

if (!class_exists(FrankenPHP\SentTaskHandle::class)) {
	http_response_code(501);
	echo json_encode(['error' => 'This server has no background workers.']), "\n";
	return;
}

$task = new FrankenPHP\SentTaskHandle('messages', ['kind' => 'newsletter', 'recipients' => 12]);
// null: it is complete.
while (($update = $task->read()) !== null) {
	echo json_encode($update), "\n";
	// A client that has left ends the script here; its task is given up.
	flush();
}
