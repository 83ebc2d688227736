<?php

declare(strict_types=1);

// One task waits until the worker hears from its socket; meanwhile another one is worked on.
use FrankenPHP\SentTaskHandle;

$all = static function (SentTaskHandle $task): array {
	for ($updates = []; ($update = $task->read()) !== null; $updates[] = $update);

	return $updates;
};
$hears = new SentTaskHandle('loop', ['hear']);
$steps = $all(new SentTaskHandle('loop', ['steps']));
touch(__DIR__ . '/steps-are-done');
echo json_encode([$steps, $all($hears)]);
