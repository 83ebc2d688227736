<?php

declare(strict_types=1);

/** Has books imported, and sends a line of JSON for each that is in: try `curl -N`. */
function import(int $books): void
{
	header('Content-Type: application/x-ndjson');
	header('Cache-Control: no-store');
	// Waits until a thread of the worker has it.
	$task = new FrankenPHP\SentTaskHandle('importer', ['books' => max(1, min($books, 200))]);
	// null: the task is complete.
	while (($update = $task->read()) !== null) {
		echo json_encode($update, JSON_THROW_ON_ERROR), "\n";
		flush();
		// Nobody is there any more: without its handle, the task is given up.
		if (connection_aborted()) {
			return;
		}
	}
}
