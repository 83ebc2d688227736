<?php

// Answers each task with what it carries.
$handle = new FrankenPHP\WorkerHandle();
frankenphp_set_vars(['ready' => true]);
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$task->complete($task->getPayload());
	}
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
