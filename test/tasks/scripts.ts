/** PHP scripts that send and receive tasks. */

/** Tells which run has a task; ends when it is told to. */
export const WORKER = `<?php
$handle = new FrankenPHP\\WorkerHandle();
$me = bin2hex(random_bytes(4));
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$payload = $task->getPayload();
		if (isset($payload['await'])) {
			while (!is_file(__DIR__ . '/' . $payload['await'])) usleep(1000);
		}
		if (isset($payload['exit'])) exit;
		$task->complete(['me' => $me, 'i' => $payload['i'] ?? null]);
	}
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;

/** Sends one task to the worker `jobs`; answers with its first update, or with what was thrown. */
export const ONE = `<?php
try {
	$task = new FrankenPHP\\SentTaskHandle($_GET['name'] ?? 'jobs', json_decode($_GET['payload'], true), (float) ($_GET['timeout'] ?? 30));
	if (isset($_GET['abandon'])) $task->abandon();
	echo json_encode($task->read());
} catch (Throwable $thrown) {
	echo get_class($thrown), ': ', $thrown->getMessage();
}
`;
