<?php

use FrankenPHP\SentTaskHandle;

// Sends tasks of 200 bytes to a sidekick that answers them. Prints nanoseconds for each, one after the other; or, with
// several in flight, how many there are per second.
$payload = ['id' => 1, 'text' => str_repeat('x', 170)];
$count = (int) $_GET['count'];
$in_flight = (int) ($_GET['flight'] ?? 1);
frankenphp_get_vars('tasks');
if ($in_flight === 1) {
	$times = [];
	for ($i = 0; $i < $count; $i++) {
		$start = hrtime(true);
		$task = new SentTaskHandle('tasks', $payload);
		while ($task->read() !== null);
		$times[] = hrtime(true) - $start;
	}
	exit(json_encode($times));
}
$start = hrtime(true);
$flying = [];
for ($i = 0; $i < $count; $i++) {
	if (count($flying) === $in_flight) {
		$oldest = array_shift($flying);
		while ($oldest->read() !== null);
	}
	$flying[] = new SentTaskHandle('tasks', $payload);
}
foreach ($flying as $task) {
	while ($task->read() !== null);
}
echo json_encode($count / ((hrtime(true) - $start) / 1e9));
